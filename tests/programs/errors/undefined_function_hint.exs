# A call of a function that does not exist, with "did you mean".
apply(String, :upcas, ["x"])
