package dev.freehold.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// What every repository of exchanges has to hold.
abstract class ExchangesContract {

  protected abstract Exchanges exchanges();

  static Exchange exchange(int number, String workload, String principal) {
    return new Exchange(
        "x-%012d".formatted(number),
        Instant.ofEpochMilli(1_790_000_000_000L + number * 1000L),
        workload,
        principal,
        "up/model",
        Part.values()[number % 4],
        number % 4 == 3 ? "x-%012d".formatted(number - 1) : "",
        Exchange.Outcome.values()[number % 3],
        number % 3 == 1 ? "Unavailable" : "",
        "STOP",
        Duration.ofNanos(123_456_789L + number),
        Duration.ofNanos(1234),
        number,
        2 * number,
        number / 7.0,
        number % 2 == 0,
        number % 5 == 0,
        "[{\"role\":\"user\",\"content\":\"Grüße 🙂\\n" + number + "\"}]",
        number % 2 == 0 ? "{\"type\":\"json_object\"}" : "",
        "Antwort\u0000 '; drop table exchange; -- " + number,
        false);
  }

  static Exchange permitted(Exchange one, boolean may) {
    return new Exchange(
        one.id(),
        one.at(),
        one.workload(),
        one.principal(),
        one.model(),
        one.part(),
        one.of(),
        one.outcome(),
        one.problem(),
        one.reason(),
        one.took(),
        one.firstWord(),
        one.promptTokens(),
        one.completionTokens(),
        one.cost(),
        one.valid(),
        one.refused(),
        one.request(),
        one.format(),
        one.answer(),
        may);
  }

  @Test
  void theRightToTrainIsGivenExchangeByExchangeAndOfOneWorkload() {
    exchanges().append(many(0, 6, "w", "anna"));
    exchanges().append(many(6, 9, "v", "anna"));
    Set<String> ids = Set.of("x-000000000002", "x-000000000004", "x-000000000007", "nobody");
    assertThat(exchanges().permitTraining("w", ids, true)).isEqualTo(2);
    assertThat(exchanges().newest("w", Optional.empty(), 100))
        .filteredOn(Exchange::mayTrain)
        .extracting(Exchange::id)
        .containsExactly("x-000000000004", "x-000000000002");
    assertThat(exchanges().newest("v", Optional.empty(), 100)).noneMatch(Exchange::mayTrain);
    assertThat(exchanges().permitTraining("w", Set.of("x-000000000004"), false)).isEqualTo(1);
    assertThat(exchanges().newest("w", Optional.empty(), 100))
        .filteredOn(Exchange::mayTrain)
        .hasSize(1);
    assertThat(exchanges().present(ids))
        .containsExactlyInAnyOrder("x-000000000002", "x-000000000004", "x-000000000007");
  }

  private static List<Exchange> many(int from, int to, String workload, String principal) {
    List<Exchange> all = new ArrayList<>();
    for (int i = from; i < to; i++) {
      all.add(exchange(i, workload, principal));
    }
    return all;
  }

  @Test
  void whatWasKeptComesBackAsItWasTheNewestFirst() {
    List<Exchange> kept = many(0, 30, "w", "anna");
    exchanges().append(kept);
    assertThat(exchanges().newest("w", Optional.empty(), 100)).isEqualTo(kept.reversed());
    assertThat(exchanges().count("w")).isEqualTo(30);
  }

  @Test
  void pagesFollowEachOther() {
    exchanges().append(many(0, 25, "w", "anna"));
    List<Exchange> all = new ArrayList<>();
    Optional<String> before = Optional.empty();
    while (true) {
      List<Exchange> page = exchanges().newest("w", before, 10);
      if (page.isEmpty()) {
        break;
      }
      all.addAll(page);
      before = Optional.of(page.getLast().id());
    }
    assertThat(all).isEqualTo(many(0, 25, "w", "anna").reversed());
  }

  @Test
  void whatIsKeptTwiceIsThereOnce() {
    exchanges().append(many(0, 5, "w", "anna"));
    exchanges().append(many(3, 8, "w", "bruno"));
    assertThat(exchanges().count("w")).isEqualTo(8);
    assertThat(exchanges().newest("w", Optional.empty(), 100))
        .filteredOn(one -> one.principal().equals("anna"))
        .hasSize(5);
  }

  @Test
  void workloadsAreApart() {
    exchanges().append(many(0, 5, "w", "anna"));
    exchanges().append(many(5, 9, "v", "anna"));
    assertThat(exchanges().count("w")).isEqualTo(5);
    assertThat(exchanges().clear("w")).isEqualTo(5);
    assertThat(exchanges().count("w")).isZero();
    assertThat(exchanges().count("v")).isEqualTo(4);
    assertThat(exchanges().newest("none", Optional.empty(), 9)).isEmpty();
  }

  @Test
  void aPersonsAreErasedInEveryWorkloadAndNobodyElses() {
    exchanges().append(many(0, 5, "w", "anna"));
    exchanges().append(many(5, 9, "v", "anna"));
    exchanges().append(many(9, 12, "v", "annabel"));
    assertThat(exchanges().erase("anna")).isEqualTo(9);
    assertThat(exchanges().count("w")).isZero();
    assertThat(exchanges().newest("v", Optional.empty(), 99))
        .allMatch(one -> one.principal().equals("annabel"))
        .hasSize(3);
  }

  @Test
  void theOldAreDeletedAndTheYoungStay() {
    exchanges().append(many(0, 10, "w", "anna"));
    exchanges().append(many(10, 12, "v", "anna"));
    assertThat(exchanges().expire("w", exchange(4, "w", "anna").at())).isEqualTo(4);
    assertThat(exchanges().newest("w", Optional.empty(), 99)).hasSize(6);
    assertThat(exchanges().count("v")).isEqualTo(2);
  }

  @Test
  void manyMayWriteAtOnce() throws Exception {
    Random random = new Random(1);
    List<Exchange> all = many(0, 400, "w", "anna");
    java.util.Collections.shuffle(all, random);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 400; i += 20) {
        List<Exchange> some = all.subList(i, i + 20);
        threads.submit(() -> exchanges().append(some));
      }
    }
    assertThat(exchanges().newest("w", Optional.empty(), 500))
        .isEqualTo(many(0, 400, "w", "anna").reversed());
  }
}
