# Streams, and the rest of Enum.
Code.require_file("streams.ex", __DIR__)
Code.require_file("streams_test.exs", __DIR__)
