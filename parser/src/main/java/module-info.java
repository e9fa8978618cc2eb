/// The child process that reads documents.
@org.jspecify.annotations.NullMarked
module dev.freehold.parser {
  requires static org.jspecify;
}
