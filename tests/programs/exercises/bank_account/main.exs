# Accounts as agents, used by many at once.
Code.require_file("bank_account.ex", __DIR__)
Code.require_file("bank_account_test.exs", __DIR__)
