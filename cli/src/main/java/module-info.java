/// Commands, configuration and wiring.
@org.jspecify.annotations.NullMarked
module dev.freehold.cli {
  requires static org.jspecify;
  requires dev.freehold.chat;
  requires info.picocli;
}
