/// The product's words and the ports between its rooms; depends on nothing.
@org.jspecify.annotations.NullMarked
module dev.freehold.chat {
  requires static org.jspecify;

  exports dev.freehold.chat;
}
