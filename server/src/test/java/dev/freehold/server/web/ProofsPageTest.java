package dev.freehold.server.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.freehold.chat.Asking;
import dev.freehold.chat.ChatRequest;
import dev.freehold.chat.Message;
import dev.freehold.chat.Principal;
import dev.freehold.evaluation.ProofSettings;
import dev.freehold.governance.IssuedKey;
import dev.freehold.proving.Proofs;
import dev.freehold.proving.Terms;
import dev.freehold.workload.CapturePolicy;
import dev.freehold.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A workload proved on the page: drawn, reviewed by keyboard, planned, run, read, watched.
@InBrowser
class ProofsPageTest {

  private static final int CASES = 36;

  @TempDir Path folder;
  private Site site;
  private IssuedKey admin;

  @BeforeEach
  void open() {
    site = new Site(folder, TwoModels::new);
    admin = site.keys.create("Olga", Set.of(Principal.ADMINISTRATORS));
    site.workloads.create(
        admin.principal(),
        Workload.of("support-mails", TwoModels.RENTED)
            .withCapture(new CapturePolicy(CapturePolicy.Mode.FULL, Duration.ofDays(30))));
    for (int i = 0; i < CASES; i++) {
      site.workloads
          .model("support-mails", Asking.of(admin.principal()))
          .answer(ChatRequest.of(new Message.User("When does parcel " + (100 + i) + " arrive?")));
    }
    site.workloads.settle();
  }

  @AfterEach
  void close() {
    site.close();
  }

  private Page page(String path, int width, ColorScheme scheme, String locale) {
    Page page = site.tab(width, 900, scheme, locale);
    page.navigate(site.base() + "/sign-in#key=" + admin.secret());
    page.waitForSelector("#question");
    page.navigate(site.base() + path);
    return page;
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  @Test
  void aWorkloadIsDrawnReviewedByKeyboardProvedReadAndWatched() throws IOException {
    Page page = page("/workloads/support-mails", 1280, ColorScheme.LIGHT, "en-GB");
    page.getByText("Prove and watch").click();
    page.locator("form select").first().selectOption("contains");
    button(page, "Draw benchmark").click();
    assertThat(page.locator(".proofs")).containsText("36 cases, version 1, sealed, drawn by Olga");

    page.getByText("Review right answers").click();
    assertThat(page.locator("#case")).containsText("When does parcel 100 arrive?");
    assertThat(page.locator(".gold")).containsText("You asked: When does parcel 100 arrive?");
    page.keyboard().press("a");
    assertThat(page.locator("#case")).containsText("parcel 101");
    page.keyboard().press("e");
    page.locator("#gold").fill("parcel 101");
    picture(page, "golds-light");
    page.locator("#gold").press("Control+Enter");
    assertThat(page.locator("#case")).containsText("parcel 102");
    page.keyboard().press("s");
    assertThat(page.locator("#case")).containsText("parcel 103");
    page.keyboard().press("k");
    assertThat(page.locator("#case")).containsText("put aside");
    AccessibilityTest.check(page, "golds");
    // What was said survives.
    site.restart();
    page.reload();
    assertThat(page.locator(".golds")).containsText("33 to look at");
    assertThat(page.locator("#case")).containsText("parcel 103");
    Page dark = page("/workloads/support-mails/golds", 390, ColorScheme.DARK, "de-DE");
    assertThat(dark.locator(".golds")).containsText("33 noch anzusehen");
    AccessibilityTest.check(dark, "golds, dark and narrow");
    fits(dark);
    picture(dark, "golds-dark-narrow");
    for (int left = 33; left > 0; left--) {
      page.keyboard().press("a");
      assertThat(page.locator(".golds")).containsText((left - 1) + " to look at");
    }
    page.locator(".all-done a").click();

    assertThat(page.locator(".proofs")).containsText("35 looked at, 0 open, 1 put aside");
    page.locator("fieldset label")
        .filter(new Locator.FilterOptions().setHasText("scripted-small"))
        .click();
    page.getByLabel("Margin, points of 100").fill("20");
    button(page, "Show plan").click();
    assertThat(page.locator(".planned")).containsText("A margin of 20 points needs");
    assertThat(page.locator(".planned")).containsText("rented/large-4 answers now; 105 questions");
    button(page, "Begin").click();
    assertThat(page.locator(".runs .verdict.as_good"))
        .containsText(
            "scripted-small is as good as rented/large-4:",
            new LocatorAssertions.ContainsTextOptions().setTimeout(180_000));
    button(page, "Report").click();
    assertThat(page.frameLocator("iframe").locator("h1")).hasText("support-mails");
    assertThat(page.frameLocator("iframe").locator("body")).containsText("35 / 0 / 0 (Olga 35)");

    page.locator("form").last().locator("select").selectOption("scripted-small");
    page.locator("form").last().getByRole(AriaRole.BUTTON).click();
    button(page, "Look now").click();
    assertThat(page.locator(".chart svg")).isVisible();
    assertThat(page.locator(".chart")).containsText("rented/large-4");
    button(page, "Report").click();
    AccessibilityTest.check(page, "proofs");
    picture(page, "proofs-light");
    Page narrow = page("/workloads/support-mails/proofs", 390, ColorScheme.DARK, "fr-FR");
    assertThat(narrow.locator(".runs .verdict")).containsText("Aussi bon");
    AccessibilityTest.check(narrow, "proofs, dark and narrow");
    fits(narrow);
    picture(narrow, "proofs-dark-narrow");
    assertThat(narrow.locator("body")).not().containsText("undefined");

    button(page, "Switch on this verdict").click();
    page.getByRole(AriaRole.RADIO, new Page.GetByRoleOptions().setName("Full")).check();
    button(page, "Switch").click();
    assertThat(page.locator(".history li").first()).containsText("verdict v-");
    site.assertQuiet();
  }

  /// Ends a run where it stands, without a word of it being recorded: what a killed command leaves.
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  @Test
  void aProofWhoseCommandWasKilledIsShownAsBrokenOffAndThenDone() throws IOException {
    Page page = page("/workloads/support-mails/proofs", 1280, ColorScheme.LIGHT, "en-GB");
    page.locator("form select").first().selectOption("contains");
    button(page, "Draw benchmark").click();
    assertThat(page.locator(".proofs")).containsText("36 cases, version 1");
    Terms terms =
        Terms.of(List.of("scripted-small"), ProofSettings.standard(0.2))
            .withModelGolds(true)
            .withParallel(1);
    Proofs.Ready ready =
        site.proofs.ready(admin.principal(), "support-mails", terms, Optional.empty());
    org.assertj.core.api.Assertions.assertThatThrownBy(() ->
            site.proofs.run(
                admin.principal(),
                ready,
                terms,
                progress -> {
                  if (progress.done() == 30) {
                    throw new Killed();
                  }
                }))
        .hasRootCauseInstanceOf(Killed.class);
    page.reload();
    assertThat(page.locator(".runs")).containsText("broke off");
    assertThat(page.locator(".runs .bad"))
        .hasText("The command that ran it has ended; the same command goes on where it was.");
    AccessibilityTest.check(page, "a proof that broke off");
    picture(page, "proofs-broken-off");
    int[] first = new int[1];
    site.proofs.run(
        admin.principal(),
        ready,
        terms,
        progress -> first[0] = first[0] == 0 ? progress.done() : first[0]);
    org.assertj.core.api.Assertions.assertThat(first[0]).as("went on").isGreaterThanOrEqualTo(30);
    page.reload();
    assertThat(page.locator(".runs")).not().containsText("broke off");
    assertThat(page.locator(".runs .verdict.as_good")).isVisible();
    site.assertQuiet();
  }

  @Test
  void candidatesAreGivenDocumentsAndAJudgeOnThePage() throws IOException {
    Page page = page("/workloads/support-mails/proofs", 1280, ColorScheme.LIGHT, "en-GB");
    page.evaluate(
        "() => fetch('/api/collections', {method: 'POST', body: JSON.stringify({name: 'Handbook'}),"
            + " headers: {'content-type': 'application/json', 'x-freehold': '1'}})");
    page.reload();
    page.locator("form select").first().selectOption("judge");
    button(page, "Draw benchmark").click();
    assertThat(page.locator(".proofs")).containsText("36 cases, version 1");
    Locator begin = page.locator("form[aria-label='New proof']");
    assertThat(begin.getByLabel("Judge’s model")).containsText("the house’s judge");
    assertThat(begin).not().containsText("scripted-small+docs");
    begin.getByLabel("Handbook").check();
    begin.getByLabel("scripted-small+docs").check();
    begin.getByLabel("Judge’s model").selectOption("scripted-small");
    button(page, "Show plan").click();
    assertThat(page.locator(".planned")).containsText("rented/large-4 answers now; 108 questions");
    AccessibilityTest.check(page, "a proof with documents and a judge");
    picture(page, "proofs-judge-light");
    Page narrow = page("/workloads/support-mails/proofs", 380, ColorScheme.DARK, "de-DE");
    narrow.getByLabel("Handbook").first().check();
    assertThat(narrow.locator(".proofs")).containsText("scripted-small+docs");
    AccessibilityTest.check(narrow, "the same, dark and narrow");
    fits(narrow);
    picture(narrow, "proofs-judge-dark-narrow");
    // No longer given anything, nobody is called so.
    begin.getByLabel("Handbook").uncheck();
    assertThat(begin).not().containsText("scripted-small+docs");
    site.assertQuiet();
  }

  private static void fits(Page page) {
    org.assertj.core.api.Assertions.assertThat(
            page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))
        .as("nothing stands out at the side")
        .isEqualTo(true);
  }

  /// For people who want to look, with `-Dfreehold.pictures=FOLDER`.
  private static void picture(Page page, String name) {
    String where = System.getProperty("freehold.pictures", "");
    if (!where.isEmpty()) {
      page.screenshot(
          new Page.ScreenshotOptions().setPath(Path.of(where, name + ".png")).setFullPage(true));
    }
  }
}
