package dev.freehold.governance.egress;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/// Identifiers and secrets as their issuers would make them, from a seed. Their check digits are
/// computed here by other means than the gate's, so that a mistake is not made twice.
final class Generated {

  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String MIXED =
      UPPER + UPPER.toLowerCase(java.util.Locale.ROOT) + "0123456789";

  private final Random random;

  Generated(long seed) {
    this.random = new Random(seed);
  }

  String digits(int count) {
    return from("0123456789", count);
  }

  private String from(String letters, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }

  /// One of that kind, without separators.
  String plain(Kind kind) {
    return switch (kind) {
      case IBAN -> iban();
      case CARD -> card();
      case NIR -> nir();
      case SIRET -> siret();
      case STEUER_ID -> steuerId();
      case AHV -> ahv();
      case BELGIAN_NUMBER -> belgian();
      case CODICE_FISCALE -> codiceFiscale();
      case DNI -> dni();
      case PREFIXED_KEY -> key();
      case PRIVATE_KEY ->
          "-----BEGIN RSA PRIVATE KEY-----\n"
              + from(MIXED, 64)
              + "\n"
              + from(MIXED, 64)
              + "\n-----END RSA PRIVATE KEY-----";
      case JWT ->
          url("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
              + "."
              + url("{\"sub\":\"" + digits(10) + "\"}")
              + "."
              + from(MIXED, 43);
      case URL_PASSWORD -> "postgres://app:" + from(MIXED, 16) + "@db.intern:5432/orders";
      case PASSWORD -> "password: " + from(MIXED, 8) + random.nextInt(10) + "!" + from(MIXED, 6);
    };
  }

  private static String url(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private String iban() {
    String country = List.of("DE", "FR", "CH", "GB", "NL", "AT").get(random.nextInt(6));
    String account =
        switch (country) {
          case "DE" -> digits(18);
          case "FR" -> digits(10) + from(UPPER + "0123456789", 11) + digits(2);
          case "CH" -> digits(17);
          case "GB" -> from(UPPER, 4) + digits(14);
          case "NL" -> from(UPPER, 4) + digits(10);
          default -> digits(16);
        };
    StringBuilder number = new StringBuilder();
    for (char c : (account + country + "00").toCharArray()) {
      number.append(Character.getNumericValue(c));
    }
    int rest = new BigInteger(number.toString()).mod(BigInteger.valueOf(97)).intValue();
    return country + "%02d".formatted(98 - rest) + account;
  }

  private String card() {
    String body =
        switch (random.nextInt(5)) {
          case 0 -> "4" + digits(14);
          case 1 -> "5" + (1 + random.nextInt(5)) + digits(13);
          case 2 -> "37" + digits(12);
          case 3 -> "6011" + digits(11);
          default -> "2" + (3 + random.nextInt(4)) + digits(13);
        };
    return body + luhnDigit(body);
  }

  private static int luhnDigit(String body) {
    for (int digit = 0; ; digit++) {
      String all = body + digit;
      int sum = 0;
      boolean twice = false;
      for (int i = all.length() - 1; i >= 0; i--, twice = !twice) {
        int value = all.charAt(i) - '0';
        sum += twice ? value / 5 + (2 * value) % 10 : value;
      }
      if (sum % 10 == 0) {
        return digit;
      }
    }
  }

  private String nir() {
    boolean corsican = random.nextInt(10) == 0;
    boolean south = random.nextBoolean();
    String start = (1 + random.nextInt(2)) + digits(2) + "%02d".formatted(1 + random.nextInt(12));
    String end =
        "%03d".formatted(1 + random.nextInt(990)) + "%03d".formatted(1 + random.nextInt(999));
    String counted =
        start + (corsican ? (south ? "19" : "18") : "%02d".formatted(1 + random.nextInt(95))) + end;
    String shown = corsican ? start + (south ? "2A" : "2B") + end : counted;
    return shown + "%02d".formatted(97 - Long.parseLong(counted) % 97);
  }

  private String siret() {
    String company = (1 + random.nextInt(9)) + digits(7);
    company += luhnDigit(company);
    String body = company + "%04d".formatted(1 + random.nextInt(9999));
    return body + luhnDigit(body);
  }

  private String steuerId() {
    while (true) {
      List<Integer> order = new java.util.ArrayList<>();
      for (int i = 0; i < 10; i++) {
        order.add(i);
      }
      java.util.Collections.shuffle(order, random);
      order.set(9, order.get(random.nextInt(9)));
      java.util.Collections.shuffle(order, random);
      if (order.getFirst() == 0) {
        continue;
      }
      // ISO 7064: the digit that brings the hybrid system to one.
      for (int check = 0; check < 10; check++) {
        int p = 10;
        for (int digit : order) {
          int s = (p + digit) % 10;
          p = (s == 0 ? 10 : s) * 2 % 11;
        }
        if ((p + check) % 10 == 1) {
          StringBuilder text = new StringBuilder();
          order.forEach(text::append);
          return text.append(check).toString();
        }
      }
    }
  }

  private String ahv() {
    String body = "756" + digits(9);
    int sum = 0;
    for (int i = 11; i >= 0; i--) {
      sum += Character.getNumericValue(body.charAt(i)) * ((11 - i) % 2 == 0 ? 3 : 1);
    }
    return body + Math.floorMod(-sum, 10);
  }

  private String belgian() {
    String body =
        "%02d%02d%02d%03d"
            .formatted(
                random.nextInt(100),
                1 + random.nextInt(12),
                1 + random.nextInt(28),
                1 + random.nextInt(997));
    boolean young = random.nextBoolean();
    long number = Long.parseLong((young ? "2" : "") + body);
    return body + "%02d".formatted(97 - number % 97);
  }

  private String codiceFiscale() {
    String body =
        from("BCDFGLMNPRSTVZ", 6)
            + digits(2)
            + "ABCDEHLMPRST".charAt(random.nextInt(12))
            + "%02d".formatted(1 + random.nextInt(71))
            + from("ABCDEFGHIL", 1)
            + digits(3);
    String odd = "BAFHJNPRTVCESULDGIMOQKWZYX";
    int sum = 0;
    for (int i = 0; i < 15; i++) {
      char c = body.charAt(i);
      char letter = Character.isDigit(c) ? UPPER.charAt(c - '0') : c;
      sum += i % 2 == 0 ? ODD[letter - 'A'] : letter - 'A';
    }
    assert odd.length() == 26;
    return body + UPPER.charAt(sum % 26);
  }

  // The table of the decree of 23 December 1976, letters and digits alike.
  private static final int[] ODD = {
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
  };

  private String dni() {
    int number = random.nextInt(100_000_000);
    if (random.nextInt(3) == 0) {
      int first = random.nextInt(3);
      int rest = number % 10_000_000;
      return "XYZ".charAt(first)
          + "%07d".formatted(rest)
          + "TRWAGMYFPDXBNJZSQVHLCKE".charAt((first * 10_000_000 + rest) % 23);
    }
    return "%08d".formatted(number) + "TRWAGMYFPDXBNJZSQVHLCKE".charAt(number % 23);
  }

  private String key() {
    return switch (random.nextInt(14)) {
      case 0 -> "AKIA" + from(UPPER + "234567", 15) + "7";
      case 1 -> "ghp_" + from(MIXED, 36);
      case 2 -> "sk-proj-" + from(MIXED, 48);
      case 3 -> "sk-ant-api03-" + from(MIXED, 90);
      case 4 -> "AIza" + from(MIXED, 35);
      case 5 -> "xoxb-" + digits(12) + "-" + digits(12) + "-" + from(MIXED, 24);
      case 6 -> "sk_live_" + from(MIXED, 24);
      case 7 -> "glpat-" + from(MIXED, 20);
      case 8 -> "npm_" + from(MIXED, 36);
      case 9 -> "hf_" + from(MIXED, 34);
      case 10 -> "SG." + from(MIXED, 22) + "." + from(MIXED, 43);
      case 11 -> "github_pat_" + from(MIXED, 22) + "_" + from(MIXED, 59);
      case 12 -> "dop_v1_" + from("0123456789abcdef", 64);
      default -> "fh-" + from(MIXED, 43);
    };
  }

  /// The same, as people write it.
  String written(Kind kind) {
    String plain = plain(kind);
    return switch (kind) {
      case IBAN -> random.nextBoolean() ? plain : grouped(plain, " ", 4, 4, 4, 4, 4, 4, 4, 4);
      case CARD ->
          plain.length() == 15
              ? grouped(plain, " ", 4, 6, 5)
              : random.nextBoolean()
                  ? plain
                  : grouped(plain, random.nextBoolean() ? " " : "-", 4, 4, 4, 4);
      case NIR -> random.nextBoolean() ? plain : grouped(plain, " ", 1, 2, 2, 2, 3, 3, 2);
      case SIRET -> random.nextBoolean() ? plain : grouped(plain, " ", 3, 3, 3, 5);
      case STEUER_ID -> random.nextBoolean() ? plain : grouped(plain, " ", 2, 3, 3, 3);
      case AHV -> random.nextBoolean() ? plain : grouped(plain, ".", 3, 4, 4, 2);
      case BELGIAN_NUMBER ->
          random.nextBoolean()
              ? plain
              : grouped(plain.substring(0, 6), ".", 2, 2, 2)
                  + "-"
                  + plain.substring(6, 9)
                  + "."
                  + plain.substring(9);
      case CODICE_FISCALE -> plain;
      case DNI -> random.nextBoolean() ? plain : plain.substring(0, 8) + "-" + plain.charAt(8);
      case PREFIXED_KEY, PRIVATE_KEY, JWT, URL_PASSWORD, PASSWORD -> plain;
    };
  }

  static String grouped(String text, String separator, int... sizes) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (int size : sizes) {
      if (at >= text.length()) {
        break;
      }
      out.append(at == 0 ? "" : separator).append(text, at, Math.min(text.length(), at + size));
      at += size;
    }
    return out.append(text.substring(Math.min(at, text.length()))).toString();
  }

  /// Something that looks a little like one and is none.
  String decoy() {
    return switch (random.nextInt(14)) {
      case 0 ->
          "%02d.%02d.%d"
              .formatted(1 + random.nextInt(28), 1 + random.nextInt(12), 1990 + random.nextInt(40));
      case 1 ->
          "+49 " + (100 + random.nextInt(900)) + " " + (1_000_000 + random.nextInt(8_999_999));
      case 2 ->
          "0%d %02d %02d %02d %02d"
              .formatted(
                  1 + random.nextInt(9),
                  random.nextInt(100),
                  random.nextInt(100),
                  random.nextInt(100),
                  random.nextInt(100));
      case 3 -> "RE-%d-%05d".formatted(2020 + random.nextInt(8), random.nextInt(100_000));
      case 4 -> new java.util.UUID(random.nextLong(), random.nextLong()).toString();
      case 5 -> from("0123456789abcdef", 40);
      case 6 ->
          "v%d.%d.%d-rc%d"
              .formatted(
                  random.nextInt(20), random.nextInt(20), random.nextInt(100), random.nextInt(9));
      case 7 -> "%,d".formatted(random.nextInt(2_000_000_000)).replace(',', '.') + " EUR";
      case 8 ->
          "%d %d %d %d"
              .formatted(
                  1990 + random.nextInt(40),
                  random.nextInt(13),
                  random.nextInt(1000),
                  random.nextInt(10_000));
      case 9 ->
          "192.168.%d.%d:%d"
              .formatted(random.nextInt(256), random.nextInt(256), random.nextInt(65536));
      case 10 -> digits(6 + random.nextInt(5));
      case 11 -> "https://example.com/a/" + from(MIXED, 12) + "?page=" + random.nextInt(100);
      case 12 -> "sk-" + from("abcdefghij", 6) + "-button";
      default ->
          broken(
              List.of(Kind.IBAN, Kind.CARD, Kind.NIR, Kind.AHV, Kind.STEUER_ID, Kind.SIRET)
                  .get(random.nextInt(6)));
    };
  }

  /// A number of that kind with one digit changed, which every of these checksums notices.
  private String broken(Kind kind) {
    String text = plain(kind);
    int at = text.length() - 1;
    while (!Character.isDigit(text.charAt(at))) {
      at--;
    }
    char other = (char) ('0' + (text.charAt(at) - '0' + 1 + random.nextInt(9)) % 10);
    return text.substring(0, at) + other + text.substring(at + 1);
  }

  /// A sentence around it, in English, French or German.
  String sentence(String what) {
    List<String> around =
        List.of(
            "Please transfer the amount to %s by Friday, thank you.",
            "The customer gave us %s on the phone.",
            "See below: %s",
            "Ref. 12/2026, position 3: %s (checked).",
            "Bitte überweisen Sie auf %s bis Freitag.",
            "Der Kunde nannte am Telefon %s, bitte prüfen.",
            "Unterlagen: \"%s\"; Rückfragen an Frau Müller.",
            "Merci de régler sur %s avant vendredi.",
            "Le client a donné %s au téléphone.",
            "Dossier n° 7 : %s, à vérifier.");
    return around.get(random.nextInt(around.size())).formatted(what);
  }
}
