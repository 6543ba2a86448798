%{level: :debug, sizes: [1, 2, 1 + 2]}
