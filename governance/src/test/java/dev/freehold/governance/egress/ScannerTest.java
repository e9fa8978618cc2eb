package dev.freehold.governance.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScannerTest {

  private static final int EACH = Integer.getInteger("freehold.gate.each", 400);
  private static final int MUTANTS = Integer.getInteger("freehold.fuzz", 5_000);

  private final Scanner scanner = new StandardScanner();

  @ParameterizedTest
  @CsvSource({
    "IBAN, DE89 3704 0044 0532 0130 00",
    "IBAN, GB82WEST12345698765432",
    "IBAN, FR14 2004 1010 0505 0001 3M02 606",
    "IBAN, CH93 0076 2011 6238 5295 7",
    "IBAN, NO9386011117947",
    "CARD, 4111 1111 1111 1111",
    "CARD, 5555-5555-5555-4444",
    "CARD, 3782 822463 10005",
    "CARD, 6011111111111117",
    "CARD, 30569309025904",
    "NIR, 2 55 08 14 168 025 38",
    "SIRET, 732 829 320 00074",
    "SIRET, 35600000000048",
    "STEUER_ID, 86 095 742 719",
    "STEUER_ID, 47036892816",
    "STEUER_ID, 65929970489",
    "AHV, 756.9217.0769.85",
    "BELGIAN_NUMBER, 93.05.18-223.61",
    "BELGIAN_NUMBER, 85073003328",
    "CODICE_FISCALE, RSSMRA85T10A562S",
    "DNI, 12345678Z",
    "DNI, X1234567L"
  })
  void theNumbersThatTheirIssuersGiveAsExamplesAreFound(Kind kind, String written) {
    assertThat(scanner.scan("a " + written + ", b"))
        .singleElement()
        .satisfies(found -> {
          assertThat(found.kind()).isEqualTo(kind);
          assertThat(found.start()).isEqualTo(2);
          assertThat(found.end()).isEqualTo(2 + written.length());
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DE89 3704 0044 0532 0130 01",
        "4111 1111 1111 1112",
        "2 55 08 14 168 025 39",
        "732 829 320 00075",
        "86 095 742 718",
        "756.9217.0769.84",
        "93.05.18-223.62",
        "RSSMRA85T10A562T",
        "12345678A",
        "12345678901",
        "4111 1111 1111",
        "8888 8888 8888 8888",
        "the api_key parameter: required",
        "password: none",
        "sk-learn-pipeline-button",
        "https://example.com:8080/a@b",
        "-----BEGIN CERTIFICATE-----",
        "eyJub3QiOiJhIGp3dCJ9"
      })
  void whatOnlyLooksLikeOneIsLeftAlone(String text) {
    assertThat(scanner.scan("a " + text + ", b")).isEmpty();
  }

  @Test
  void nearlyAllAreFoundAndNearlyNothingElse() {
    var generated = new Generated(1);
    Map<Kind, Integer> missed = new EnumMap<>(Kind.class);
    int found = 0;
    int wrong = 0;
    for (Kind kind : Kind.values()) {
      int missing = 0;
      for (int i = 0; i < EACH; i++) {
        String secret = generated.written(kind);
        String text =
            generated.sentence(generated.decoy())
                + " "
                + generated.sentence(secret)
                + " "
                + generated.sentence(generated.decoy());
        int at = text.indexOf(secret);
        boolean right = false;
        for (Finding one : scanner.scan(text)) {
          boolean within = one.start() < at + secret.length() && at < one.end();
          if (within) {
            right |= one.kind() == kind || one.kind().family() == Kind.Family.SECRET;
          } else {
            wrong++;
          }
        }
        found += right ? 1 : 0;
        missing += right ? 0 : 1;
      }
      missed.put(kind, missing);
    }
    System.out.printf("missed of %d each: %s; found %d, wrong %d%n", EACH, missed, found, wrong);
    for (Kind kind : Kind.values()) {
      assertThat(1 - (double) missed.get(kind) / EACH).as(kind + "").isGreaterThanOrEqualTo(0.995);
    }
    assertThat((double) found / (found + wrong)).isGreaterThanOrEqualTo(0.99);
  }

  @Test
  void textsOfTheSampleKindHoldNothing() {
    var generated = new Generated(2);
    int texts = 5000;
    int wrong = 0;
    for (int i = 0; i < texts; i++) {
      wrong += scanner.scan(generated.sentence(generated.decoy())).isEmpty() ? 0 : 1;
    }
    System.out.printf("%d of %d texts without anything were suspected%n", wrong, texts);
    assertThat((double) wrong / texts).isLessThan(0.01);
  }

  /// A text that makes a scanner look at every place from every place would take minutes at this
  /// length.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 ",
        "4111-",
        "DE89",
        "D-",
        "eyJ-",
        "eyJ.",
        "sk-",
        "sk_live_",
        "://a:",
        "password=",
        "A",
        "-----BEGIN PRIVATE KEY",
        "-----BEGIN RSA KEY-----\n",
        "%41",
        "&#65;",
        "\\u0041",
        "\u200b",
        "<",
        "QUtJQUlPU0ZP-",
        "a/",
        "::",
        "passwordpassword"
      })
  void hostileTextsTakeLinearTime(String piece) {
    String text = piece.repeat(100_000 / piece.length());
    assertThat(scanner.scan(text)).hasSizeLessThan(text.length());
  }

  @Test
  void anythingCanBeScannedAndFindingsLieApartWithinTheText() {
    Random random = new Random(9);
    var generated = new Generated(9);
    List<Kind> kinds = List.of(Kind.values());
    for (int i = 0; i < MUTANTS; i++) {
      StringBuilder text =
          new StringBuilder(generated.written(kinds.get(random.nextInt(kinds.size()))));
      for (int change = random.nextInt(6); change > 0; change--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(0x10000));
          case 1 -> text.insert(at, Character.toString(random.nextInt(0x110000)));
          default -> text.deleteCharAt(at);
        }
        if (text.isEmpty()) {
          text.append('x');
        }
      }
      int last = 0;
      for (Finding one : scanner.scan(text.toString())) {
        assertThat(one.start()).isGreaterThanOrEqualTo(last);
        assertThat(one.end()).isGreaterThan(one.start()).isLessThanOrEqualTo(text.length());
        last = one.end();
      }
    }
  }

  @Test
  void severalInOneTextAreAllFound() {
    List<Kind> kinds = new ArrayList<>();
    scanner
        .scan(
            "IBAN DE89370400440532013000, card 4111 1111 1111 1111 12/27, AHV 756.9217.0769.85; token ghp_abcdefghijklmnopqrstuvwxyz0123456789")
        .forEach(found -> kinds.add(found.kind()));
    assertThat(kinds).containsExactly(Kind.IBAN, Kind.CARD, Kind.AHV, Kind.PREFIXED_KEY);
  }
}
