package dev.freehold.server.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Teaching on the page: wished, looked at, trained, examined, held back, served by order.
@InBrowser
class TeachingsPageTest {

  @TempDir Path folder;
  private Site site;

  @BeforeEach
  void open() {
    site = new Site(folder);
  }

  @AfterEach
  void close() {
    site.close();
  }

  @Test
  void aCollectionIsTaughtFromTheWishToTheOrder() throws IOException {
    Page page = site.signedIn(1280, 900, ColorScheme.LIGHT);
    DocumentsPageTest.dropManual(page);
    page.navigate(site.base() + "/documents");
    assertThat(page.locator(".document")).hasCount(1);
    page.navigate(site.base() + "/teach");
    page.getByLabel("Name of the adapter").fill("weak-1");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Write the data set"))
        .click();
    assertThat(page.locator(".standing")).containsText("waits for you");
    assertThat(page.locator(".kinds")).containsText("question");
    assertThat(page.getByText("54,000 tokens")).isVisible();
    AccessibilityTest.check(page, "teaching, review");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Train")).click();
    assertThat(page.locator(".standing")).containsText("held back");
    assertThat(page.locator(".curves .learned")).isVisible();
    assertThat(page.locator(".gates li[data-outcome=missed]").first()).isVisible();
    AccessibilityTest.check(page, "teaching, held back");
    page.getByLabel("Reason, kept with the adapter").fill("for the trial in the workshop");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Serve it all the same"))
        .click();
    assertThat(page.locator(".standing")).containsText("served");
    assertThat(page.getByText("for the trial in the workshop").first()).isVisible();
    seen(page.url(), "teach");
    site.assertQuiet();
  }

  @Test
  void conversationsOfAFileAreLookedAtChangedTaughtAndTakenAlong() throws IOException {
    Page page = site.signedIn(1280, 900, ColorScheme.LIGHT);
    page.navigate(site.base() + "/teach");
    page.getByRole(AriaRole.RADIO, new Page.GetByRoleOptions().setName("conversations")).check();
    AccessibilityTest.check(page, "teaching, a file");
    page.getByLabel("File (JSON lines)")
        .setInputFiles(new FilePayload("mails.jsonl", "application/jsonl", mails()));
    page.getByLabel("Name of the adapter").fill("mails-1");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Write the data set"))
        .click();
    assertThat(page.locator(".standing")).containsText("waits for you");
    assertThat(page.getByText("Taught from mails.jsonl")).isVisible();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Look at it and change it"))
        .click();
    assertThat(page.getByText("18 of 18 rows")).isVisible();
    page.locator(".rows li").first().getByText("Take out").click();
    page.locator(".rows li").nth(1).getByText("Change").click();
    page.locator(".rows textarea").nth(1).fill("Seventeen bar.");
    AccessibilityTest.check(page, "teaching, rows");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Save 2 changed rows"))
        .click();
    assertThat(page.locator(".kinds")).containsText("17");
    seen(page.url(), "teach-rows");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Train")).click();
    assertThat(page.locator(".standing")).containsText("served");
    assertThat(page.getByText("5 answers that were held out").first()).isVisible();
    Download download =
        page.waitForDownload(() -> page.getByText("Adapter for PEFT (zip)").click());
    org.assertj.core.api.Assertions.assertThat(download.suggestedFilename())
        .isEqualTo("mails-1-peft.zip");
    org.assertj.core.api.Assertions.assertThat(Files.readString(download.path()))
        .isEqualTo("PEFT of mails-1");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Look at it")).click();
    assertThat(page.getByText("Seventeen bar.")).isVisible();
    seen(page.url(), "teach-served");
    site.assertQuiet();
  }

  @Test
  void whatIsTypedBeforeTheModelsAreKnownFreezesNoneOfThem() {
    Page page = site.signedIn(1280, 900, ColorScheme.LIGHT);
    List<Route> held = new ArrayList<>();
    page.route("**/api/models", held::add);
    page.navigate(site.base() + "/teach");
    page.getByRole(AriaRole.RADIO, new Page.GetByRoleOptions().setName("conversations")).check();
    page.getByLabel("Name of the adapter").fill("early-1");
    assertThat(page.locator("form.switch select option")).hasCount(0);
    page.waitForCondition(() -> !held.isEmpty());
    held.forEach(Route::resume);
    page.getByLabel("File (JSON lines)")
        .setInputFiles(new FilePayload("mails.jsonl", "application/jsonl", mails()));
    assertThat(page.locator("form.switch select")).hasValue("scripted-small");
    Request wish =
        page.waitForRequest(
            request -> request.method().equals("POST") && request.url().endsWith("/api/teachings"),
            () ->
                page.getByRole(
                        AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Write the data set"))
                    .click());
    org.assertj.core.api.Assertions.assertThat(wish.postData())
        .contains("\"model\":\"scripted-small\"");
    assertThat(page.locator(".standing")).containsText("waits for you");
    site.assertQuiet();
  }

  private static byte[] mails() {
    StringBuilder rows = new StringBuilder();
    for (int i = 1; i <= 24; i++) {
      rows.append(
          "{\"messages\":[{\"role\":\"user\",\"content\":\"Mail %d: which hose do you have for pump %d?\"},{\"role\":\"assistant\",\"content\":\"One that holds %d bar.\"}]}\n"
              .formatted(i, i, 10 + i));
    }
    return rows.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void seen(String where, String name) throws IOException {
    for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
      for (int width : new int[] {1280, 380}) {
        Page other = site.signedIn(width, 900, scheme);
        other.navigate(where);
        assertThat(other.locator(".standing")).isVisible();
        AccessibilityTest.check(other, name);
        String shots = System.getProperty("freehold.shots", "");
        if (!shots.isEmpty()) {
          // What is shown scrolls inside the page.
          other.setViewportSize(width, 2400);
          other.screenshot(
              new Page.ScreenshotOptions()
                  .setFullPage(true)
                  .setPath(Path.of(shots, "%s-%s-%d.png".formatted(name, scheme, width))));
        }
      }
    }
  }
}
