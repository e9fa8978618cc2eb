package dev.freehold.teaching.exam;

/// How much of an exam is asked of whom.
///
/// @param withDocuments most questions that are asked with passages; they are the expensive ones
/// @param spoken most questions that are asked for an answer in free words, of each column
/// @param maxTokens most tokens of such an answer
/// @param parallel questions that are under way at once
public record ExamSettings(int withDocuments, int spoken, int maxTokens, int parallel) {

  /// Enough to tell a difference of some points.
  public static final ExamSettings STANDARD = new ExamSettings(60, 30, 32, 4);
}
