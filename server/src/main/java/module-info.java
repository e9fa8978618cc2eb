/// HTTP routes, streaming and the web page.
@org.jspecify.annotations.NullMarked
module dev.freehold.server {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires dev.freehold.database;
  requires dev.freehold.governance;
  requires dev.freehold.documents;
}
