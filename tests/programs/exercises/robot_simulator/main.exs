# A robot with a struct, guards and a delegate.
Code.require_file("robot.ex", __DIR__)
Code.require_file("robot_test.exs", __DIR__)
