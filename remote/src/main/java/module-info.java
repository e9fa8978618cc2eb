/// Upstream models over HTTP behind the port of chat models.
@org.jspecify.annotations.NullMarked
module dev.freehold.remote {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires java.net.http;
  requires tools.jackson.databind;

  exports dev.freehold.remote;
}
