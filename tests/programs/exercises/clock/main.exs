# A clock with protocols of its own.
Code.require_file("clock.ex", __DIR__)
Code.require_file("clock_test.exs", __DIR__)
