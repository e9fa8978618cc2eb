package dev.freehold.cli;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Unavailable;
import dev.freehold.governance.IssuedKey;
import dev.freehold.store.ModelStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// `freehold up`: the page and the API, until it is stopped.
record UpCommand(Shell shell) implements Subcommand {

  private static final Duration TIME_TO_STOP = Duration.ofSeconds(20);

  @Override
  public CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("up");
    spec.usageMessage()
        .description(
            "Starts the web page and the OpenAI API. The first start gets a small model and prints a key, once.",
            "",
            "  freehold up                                  on this machine: http://127.0.0.1:8080",
            "  freehold up --host 0.0.0.0 --port 8000       for everybody who has a key",
            "  FREEHOLD_HOME=/srv/freehold freehold up      another data folder",
            "",
            "With an OpenAI client: base URL http://127.0.0.1:8080/v1 and a key of `freehold keys create`.");
    option(spec, "--host", "ADDRESS", "Where to listen. By default 127.0.0.1.");
    option(spec, "--port", "PORT", "By default 8080; 0 takes a free one.");
    option(
        spec,
        "--names",
        "NAMES",
        "Names, divided by commas, by which browsers reach this machine.");
    option(
        spec,
        "--prompt-cache",
        "MIB",
        "Keep what the model remembers of long prompts on the disk too, at most so many MiB, so that it need not read them again, also after a restart. By default nothing is.");
    spec.addOption(
        OptionSpec.builder("--no-auth")
            .description("Ask nobody for a key. Only on this machine's own addresses.")
            .build());
    return spec;
  }

  private static void option(CommandSpec spec, String name, String label, String what) {
    spec.addOption(
        OptionSpec.builder(name).paramLabel(label).type(String.class).description(what).build());
  }

  @Override
  public int run(ParseResult parsed, Settings settings) {
    InetAddress address = address(settings);
    if (!settings.authentication() && !address.isLoopbackAddress()) {
      throw new InvalidRequest(
          "Without authentication, Freehold listens on this machine's own addresses only, and %s can be reached by others. Leave --no-auth out."
              .formatted(settings.host()),
          "no-auth");
    }
    try (HomeLock _ = HomeLock.take(settings.home())) {
      requireFree(address, settings.port());
      ModelStore store = ModelStore.open(settings.home());
      Settings served = settings.withModel(ModelFiles.served(store, settings.model(), shell));
      serve(served, store, opener(settings));
    }
    return ExitCode.OK;
  }

  private static EngineOpener opener(Settings settings) {
    return new EngineOpener(
        settings.threads(),
        settings.promptCache() == 0 ? Optional.empty() : Optional.of(settings.prompts()));
  }

  private void serve(Settings settings, ModelStore store, EngineOpener opener) {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook = new Thread(() -> stopping(stop, stopped), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try (Running running = Running.start(settings, store, opener)) {
      announce(settings, running);
      stop.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stopped.countDown();
    }
  }

  /// Lets the serving thread put everything away before the process ends.
  private static void stopping(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      if (!stopped.await(TIME_TO_STOP.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("Freehold did not stop in time and is ended as it is.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void announce(Settings settings, Running running) {
    String base = running.address();
    running
        .firstKey()
        .ifPresentOrElse(
            key -> firstTime(base, key), () -> shell.out().printf("Freehold is ready: %s%n", base));
    if (!settings.authentication()) {
      shell.out().println("Nobody is asked for a key (--no-auth).");
    }
    running
        .suggestion()
        .ifPresent(suggestion ->
            shell.out().printf("%s `%s` gets it.%n", suggestion.why(), suggestion.command()));
    shell.out().flush();
  }

  private void firstTime(String base, IssuedKey key) {
    shell
        .out()
        .printf(
            """
            Freehold is ready: %1$s

              Sign in:  %1$s/sign-in#key=%2$s
              Key:      %2$s

            The key is shown this once; `freehold keys create NAME` makes others.
            OpenAI clients: base URL %1$s/v1, and this key.

            """,
            base, key.secret());
  }

  private static InetAddress address(Settings settings) {
    try {
      return InetAddress.getByName(settings.host());
    } catch (UnknownHostException e) {
      throw new InvalidRequest(
          "\"%s\" is no address of this machine.".formatted(settings.host()), "host");
    }
  }

  /// Before a model is fetched in vain.
  private static void requireFree(InetAddress address, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new Unavailable(
          "Nothing can listen on %s port %d (%s). Stop what uses it, or choose another with --port."
              .formatted(address.getHostAddress(), port, e.getMessage()),
          e);
    }
  }
}
