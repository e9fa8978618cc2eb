package dev.freehold.model.template;

/// How a template wants to be given an assistant's turn that calls tools. Templates differ, and
/// none says so: it is found by trying.
///
/// @param nothingSaid whether content of such a turn is None rather than empty
/// @param textArguments whether arguments are JSON text rather than a dictionary
/// @param several whether a turn may hold several calls
/// @param shortIds whether ids are nine letters and digits, as Mistral's are
record CallForm(boolean nothingSaid, boolean textArguments, boolean several, boolean shortIds) {}
