/// HTTP routes, streaming and the web page.
@org.jspecify.annotations.NullMarked
module dev.freehold.server {
  requires static org.jspecify;
  requires transitive dev.freehold.chat;
  requires transitive dev.freehold.database;
  requires transitive dev.freehold.governance;
  requires transitive dev.freehold.workload;
  requires transitive dev.freehold.proving;
  requires dev.freehold.documents;
  requires io.helidon.common.buffers;
  requires io.helidon.common.concurrency.limits;
  requires io.helidon.common.socket;
  requires io.helidon.common.task;
  requires io.helidon.http;
  requires io.helidon.webserver;
  requires tools.jackson.databind;

  exports dev.freehold.server;
}
