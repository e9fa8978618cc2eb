package dev.freehold.server.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
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
    String where = page.url();
    for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
      for (int width : new int[] {1280, 380}) {
        Page other = site.signedIn(width, 900, scheme);
        other.navigate(where);
        assertThat(other.locator(".curves .learned")).isVisible();
        AccessibilityTest.check(other, "teaching, served");
        String shots = System.getProperty("freehold.shots", "");
        if (!shots.isEmpty()) {
          other.screenshot(
              new Page.ScreenshotOptions()
                  .setFullPage(true)
                  .setPath(Path.of(shots, "teach-%s-%d.png".formatted(scheme, width))));
        }
      }
    }
    site.assertQuiet();
  }
}
