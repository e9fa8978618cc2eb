package dev.freehold.server.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.governance.IssuedKey;
import dev.freehold.workload.CapturePolicy;
import dev.freehold.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Workloads on the page: seen by administrators, switched, watched, led back by their guards.
@InBrowser
class WorkloadsPageTest {

  @TempDir Path folder;
  private Site site;
  private TwoModels models;
  private IssuedKey admin;

  @BeforeEach
  void open() {
    site =
        new Site(
            folder,
            own -> {
              models = new TwoModels(own);
              return models;
            });
    admin = site.keys.create("Olga", Set.of(Principal.ADMINISTRATORS));
    site.workloads.create(
        admin.principal(),
        Workload.of("support-mails", TwoModels.RENTED)
            .withCapture(new CapturePolicy(CapturePolicy.Mode.FULL, Duration.ofDays(30))));
    site.workloads.create(admin.principal(), Workload.of("summaries", TwoModels.RENTED));
  }

  @AfterEach
  void close() {
    site.close();
  }

  private Page page(int width, ColorScheme scheme, String locale) {
    Page page = site.tab(width, 860, scheme, locale);
    page.navigate(site.base() + "/sign-in#key=" + admin.secret());
    page.waitForSelector("#question");
    page.navigate(site.base() + "/workloads/support-mails");
    page.waitForSelector("#workload-name");
    return page;
  }

  private void ask(int times) {
    for (int i = 0; i < times; i++) {
      site.workloads
          .model("support-mails", Asking.of(admin.principal()))
          .answer(ChatRequest.of(new Message.User("When does my parcel " + i + " arrive?")));
      // More shadows at once than there is room for would be left out.
      site.workloads.settle();
    }
  }

  private static void switchTo(Page page, String stage) {
    page.getByRole(AriaRole.RADIO, new Page.GetByRoleOptions().setName(stage)).check();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Switch")).click();
  }

  @Test
  void aCandidateIsSwitchedStepByStepAndLedBackByItsGuards() throws IOException {
    Page page = page(1280, ColorScheme.LIGHT, "en-GB");
    page.locator(".switch select").selectOption("scripted-small");
    page.locator(".switch input[type=text]").fill("First look");
    switchTo(page, "Shadow");
    Locator history = page.locator(".history li");
    assertThat(history).hasCount(1);
    assertThat(history.first()).containsText("rented/large-4, scripted-small in shadow");
    assertThat(history.first()).containsText("First look");
    assertThat(history.first()).containsText("Olga");
    assertThat(history.first()).containsText("without a verdict");
    ask(12);
    Locator shadow =
        page.locator("tbody tr").filter(new Locator.FilterOptions().setHasText("Shadow"));
    assertThat(shadow.locator("td").first()).hasText("12");
    assertThat(page.locator(".exchanges li").first()).containsText("When does my parcel 11");
    switchTo(page, "Full");
    assertThat(history).hasCount(2);
    models.ownDown = true;
    for (int i = 0; i < 3; i++) {
      try {
        ask(1);
      } catch (dev.freehold.chat.Unavailable e) {
        continue; // That is what the guards see.
      }
    }
    assertThat(history).hasCount(3);
    assertThat(history.first()).containsText("by its guards");
    assertThat(history.first()).containsText("3 of the candidate's last 3 answers failed");
    assertThat(page.locator(".way dd").first()).containsText("100%");
    assertThat(page.locator(".shelves [aria-current]")).containsText("Incumbent only");
    AccessibilityTest.check(page, "workloads");
    picture(page, "workloads-light");
    Page dark = page(390, ColorScheme.DARK, "de-DE");
    assertThat(dark.locator(".history li").first()).containsText("Wächter");
    AccessibilityTest.check(dark, "workloads, dark and narrow");
    picture(dark, "workloads-dark-narrow");
    assertThat(dark.locator("body")).not().containsText("undefined");
    assertFits(dark);
    site.assertQuiet();
  }

  @Test
  void aWorkloadIsMadeAndChangedOnThePage() throws IOException {
    Page page = page(1280, ColorScheme.LIGHT, "en-GB");
    page.getByText("New workload").click();
    Locator dialog = page.locator("dialog[open]");
    dialog.getByLabel("Name").fill("support-mails");
    dialog.getByLabel("Incumbent").fill("rented/large-4");
    dialog.getByLabel("Keep of exchanges").selectOption("metadata");
    dialog.getByLabel("Days kept").fill("9");
    dialog.getByText("Add a price").click();
    dialog
        .getByLabel("Model", new Locator.GetByLabelOptions().setExact(true))
        .fill("rented/large-4");
    dialog.getByLabel("Prompt", new Locator.GetByLabelOptions().setExact(true)).fill("3");
    dialog.getByLabel("Answer", new Locator.GetByLabelOptions().setExact(true)).fill("15");
    AccessibilityTest.check(page, "new workload");
    picture(page, "workload-form-light");
    Locator create = dialog.getByText("Create", new Locator.GetByTextOptions().setExact(true));
    create.click();
    assertThat(dialog.locator("[role=alert]")).containsText("There is a workload support-mails");
    dialog.getByLabel("Name").fill("letters");
    create.click();
    assertThat(page.locator("dialog")).hasCount(0);
    assertThat(page.locator("#workload-name")).hasText("letters");
    assertThat(page.locator(".workload > header")).containsText("9");
    Workload made = site.workloads.get(admin.principal(), "letters");
    org.assertj.core.api.Assertions.assertThat(made.prices())
        .containsEntry("rented/large-4", new dev.freehold.workload.Price(3, 3, 15));
    page.getByText("Change", new Page.GetByTextOptions().setExact(true)).click();
    dialog.getByLabel("Failed, %").fill("12");
    dialog.getByLabel("Fallbacks").fill("scripted-small");
    dialog.getByText("Save", new Locator.GetByTextOptions().setExact(true)).click();
    assertThat(page.locator("dialog")).hasCount(0);
    assertThat(page.locator(".way")).containsText("scripted-small");
    Workload changed = site.workloads.get(admin.principal(), "letters");
    org.assertj.core.api.Assertions.assertThat(changed.guards().errors()).isEqualTo(0.12);
    org.assertj.core.api.Assertions.assertThat(changed.prices()).isEqualTo(made.prices());
    page.getByLabel("Delete letters").click();
    dialog.getByText("Delete", new Locator.GetByTextOptions().setExact(true)).click();
    assertThat(page.locator(".shelves li")).hasCount(2);
    Page dark = page(380, ColorScheme.DARK, "de-DE");
    dark.getByText("Neue Aufgabe").click();
    AccessibilityTest.check(dark, "new workload, dark and narrow");
    picture(dark, "workload-form-dark-narrow");
    assertFits(dark);
    // A name that is taken is an answer, not a fault of the page.
    site.complaints.removeIf(one -> one.contains("409"));
    site.assertQuiet();
  }

  @Test
  void anUpstreamIsAddedTestedAndRemovedOnThePage() throws IOException {
    Page page = page(1280, ColorScheme.LIGHT, "en-GB");
    page.locator("a[href='/upstreams']").click();
    assertThat(page.locator(".empty")).isVisible();
    AccessibilityTest.check(page, "no upstreams");
    page.getByText("Add an upstream").click();
    Locator dialog = page.locator("dialog[open]");
    dialog.getByLabel("Name").fill("rented");
    dialog.getByLabel("Key", new Locator.GetByLabelOptions().setExact(true)).fill("sk-of-nobody");
    AccessibilityTest.check(page, "new upstream");
    picture(page, "upstream-form-light");
    dialog.getByText("Add", new Locator.GetByTextOptions().setExact(true)).click();
    assertThat(page.locator(".upstream")).containsText("rented/large-4");
    assertThat(page.locator(".upstream")).containsText("ends on 2027-03-01");
    assertThat(page.locator(".upstream [role=status]")).hasText("It answers.");
    org.assertj.core.api.Assertions.assertThat(site.upstreams.keys)
        .containsEntry("rented", "sk-of-nobody");
    site.upstreams.add("down");
    page.reload();
    page.locator(".upstream").nth(1).getByText("Test").click();
    assertThat(page.locator(".upstream [role=alert]")).containsText("does not take connections");
    org.assertj.core.api.Assertions.assertThat(page.content()).doesNotContain("sk-of-nobody");
    AccessibilityTest.check(page, "upstreams");
    picture(page, "upstreams-light");
    Page dark = page(380, ColorScheme.DARK, "fr-FR");
    dark.navigate(site.base() + "/upstreams");
    assertThat(dark.locator(".upstream")).hasCount(2);
    AccessibilityTest.check(dark, "upstreams, dark and narrow");
    picture(dark, "upstreams-dark-narrow");
    assertFits(dark);
    page.getByLabel("Remove down").click();
    dialog.getByText("Remove", new Locator.GetByTextOptions().setExact(true)).click();
    assertThat(page.locator(".upstream")).hasCount(1);
    site.complaints.removeIf(one -> one.contains("503"));
    site.assertQuiet();
  }

  private static void assertFits(Page page) {
    org.assertj.core.api.Assertions.assertThat(
            page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))
        .as("nothing stands out at the side")
        .isEqualTo(true);
  }

  @Test
  void whoManagesNothingSeesNoWorkloads() {
    Page page = site.signedIn();
    assertThat(page.locator("a[href='/workloads'], a[href='/upstreams']")).hasCount(0);
    page.navigate(site.base() + "/workloads/support-mails");
    page.waitForSelector(".bar");
    assertThat(page.locator("#workload-name")).hasCount(0);
    assertThat(page.locator("main")).not().containsText("rented");
  }

  /// For people who want to look, with `-Dfreehold.pictures=FOLDER`.
  private static void picture(Page page, String name) {
    String where = System.getProperty("freehold.pictures", "");
    if (!where.isEmpty()) {
      page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(where, name + ".png")));
    }
  }
}
