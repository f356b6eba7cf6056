"""The processes of numbers, texts, instants and arrays: one function each, for JSON values and for pixels."""
