# Packets, bits and checksums.
Code.require_file("packet.ex", __DIR__)
Code.require_file("packet_test.exs", __DIR__)
