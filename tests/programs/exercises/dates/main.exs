# Days of meetings, and most of what the calendar can do.
Code.require_file("meetup.ex", __DIR__)
Code.require_file("meetup_test.exs", __DIR__)
