/// A verdict as a test.
@org.jspecify.annotations.NullMarked
module dev.freehold.junit {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires transitive dev.freehold.evaluation;
  requires transitive org.junit.jupiter.api;

  exports dev.freehold.junit;
}
