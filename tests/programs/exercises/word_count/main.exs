# Words counted with a regular expression.
Code.require_file("word_count.ex", __DIR__)
Code.require_file("word_count_test.exs", __DIR__)
