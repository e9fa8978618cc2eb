/// Commands, configuration and wiring.
@org.jspecify.annotations.NullMarked
module dev.freehold.cli {
  requires static org.jspecify;
  requires dev.freehold.chat;
  requires dev.freehold.store;
  requires dev.freehold.database;
  requires dev.freehold.documents;
  requires dev.freehold.engine;
  requires dev.freehold.evaluation;
  requires dev.freehold.governance;
  requires dev.freehold.model;
  requires dev.freehold.proving;
  requires dev.freehold.remote;
  requires dev.freehold.server;
  requires dev.freehold.teaching;
  requires dev.freehold.training;
  requires dev.freehold.workload;
  requires info.picocli;
  requires org.jline.reader;
  requires org.jline.terminal;
  requires tools.jackson.databind;
  requires java.logging;
  requires jdk.management;
}
