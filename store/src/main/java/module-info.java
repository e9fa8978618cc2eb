/// Content-addressed models: catalogue, pull, verify, licence.
@org.jspecify.annotations.NullMarked
module dev.freehold.store {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires java.net.http;
  requires tools.jackson.databind;

  exports dev.freehold.store;
}
