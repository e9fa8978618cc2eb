package dev.freehold.teaching.exam;

/// Who sits an exam.
public enum Column {
  /// The base as it is.
  BASE("base"),
  /// The base with passages of the documents before each question.
  BASE_DOCUMENTS("base+docs"),
  /// The base with the adapter.
  ADAPTER("adapter"),
  /// Both.
  ADAPTER_DOCUMENTS("adapter+docs");

  private final String word;

  Column(String word) {
    this.word = word;
  }

  /// The word in files and tables.
  public String word() {
    return word;
  }
}
