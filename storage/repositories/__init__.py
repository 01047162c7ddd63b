"""One repository per noun: takes and gives values, never rows, and never commits."""
