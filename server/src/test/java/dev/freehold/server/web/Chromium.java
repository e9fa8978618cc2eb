package dev.freehold.server.web;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The machine's own Chromium, headless, driven by Playwright; one for all tests of a run.
///
/// Used by one thread, as Playwright asks.
final class Chromium {

  private static final Optional<Path> EXECUTABLE = find();
  private static Browser browser;

  private Chromium() {}

  /// Where Chromium is: `FREEHOLD_CHROMIUM`, or where Debian and others put it.
  static Optional<Path> executable() {
    return EXECUTABLE;
  }

  private static Optional<Path> find() {
    return Stream.of(
            System.getenv().getOrDefault("FREEHOLD_CHROMIUM", ""),
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome")
        .filter(path -> !path.isEmpty())
        .map(Path::of)
        .filter(Files::isExecutable)
        .filter(Chromium::answers)
        .findFirst();
  }

  /// Whether it is a browser, and not one that is still to be installed under its name.
  private static boolean answers(Path executable) {
    try {
      Process process =
          new ProcessBuilder(executable.toString(), "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  static Browser browser() {
    if (browser == null) {
      // A machine that builds at the same time is slow; a test waits for what it needs, not for
      // time.
      PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
      var playwright =
          Playwright.create(
              new Playwright.CreateOptions()
                  .setEnv(
                      Map.of(
                          "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                          "1",
                          "PATH",
                          System.getenv().getOrDefault("PATH", ""))));
      browser =
          playwright
              .chromium()
              .launch(
                  new BrowserType.LaunchOptions()
                      .setExecutablePath(executable().orElseThrow())
                      .setArgs(
                          List.of(
                              "--no-sandbox",
                              "--disable-gpu",
                              "--disable-quic",
                              "--no-first-run",
                              "--disable-background-networking",
                              "--disable-component-update",
                              "--disable-sync")));
      Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
    }
    return browser;
  }
}
