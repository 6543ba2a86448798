# Operations on lists written anew, on long lists.
Code.require_file("a_helper.exs", __DIR__)
Code.require_file("list_ops.ex", __DIR__)
Code.require_file("list_ops_test.exs", __DIR__)
