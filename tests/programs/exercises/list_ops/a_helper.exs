ExUnit.start(seed: 0, max_cases: 1)
ExUnit.configure(exclude: :pending, trace: true)
