# A chat under supervisors, with tasks and a registry.
Code.require_file("chat.ex", __DIR__)
Code.require_file("chat_test.exs", __DIR__)
