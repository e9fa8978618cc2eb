package dev.freehold.teaching.recipe;

/// How far the writing of a data set is.
///
/// @param what what is being done, as a person would say it
/// @param done things done
/// @param total things in all
public record RecipeProgress(String what, int done, int total) {}
