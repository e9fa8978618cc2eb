/// Content-addressed models.
@org.jspecify.annotations.NullMarked
module dev.freehold.store {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires java.net.http;
}
