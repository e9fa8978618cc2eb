package dev.freehold.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Principal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteTest {

  private static final Optional<String> NEW = Optional.of("new");

  private static Principal principal(int number) {
    return new Principal("p-" + number, "P", Set.of());
  }

  private static boolean candidate(Route route, Principal principal) {
    return route.targets("w", principal).getFirst().part() == Part.CANDIDATE;
  }

  @Test
  void aCanaryHasItsShareAndGrowsWithoutLosingAnybody() {
    boolean[] in = new boolean[20_000];
    for (double share : new double[] {1, 5, 10, 25, 50, 90}) {
      Route route = Route.to("old").at(Stage.CANARY, NEW, share);
      int count = 0;
      for (int i = 0; i < in.length; i++) {
        boolean now = candidate(route, principal(i));
        assertThat(now || !in[i]).as("who was in stays in").isTrue();
        in[i] = now;
        count += now ? 1 : 0;
      }
      assertThat(100.0 * count / in.length).isBetween(share - 1, share + 1);
    }
  }

  @Test
  void theSamePersonIsAlwaysAnsweredByTheSameModel() {
    Route route = Route.to("old").at(Stage.CANARY, NEW, 50);
    for (int i = 0; i < 100; i++) {
      assertThat(candidate(route, principal(i)))
          .isEqualTo(candidate(route, new Principal("p-" + i, "Other name", Set.of("x"))));
    }
  }

  @Test
  void canariesOfDifferentWorkloadsAreDifferentPeople() {
    int both = 0;
    for (int i = 0; i < 10_000; i++) {
      both +=
          Route.position("a", principal(i)) < 50 && Route.position("b", principal(i)) < 50 ? 1 : 0;
    }
    assertThat(both).isBetween(2300, 2700);
  }

  @Test
  void aRouteGoesForwardAndBack() {
    Route route = Route.to("old").withFallbacks(List.of("spare"));
    assertThat(route.summary()).isEqualTo("old");
    Route shadow = route.at(Stage.SHADOW, NEW, 0);
    assertThat(shadow.summary()).isEqualTo("old, new in shadow");
    assertThat(candidate(shadow, principal(1))).isFalse();
    Route canary = shadow.at(Stage.CANARY, Optional.empty(), 12.5);
    assertThat(canary.summary()).isEqualTo("old, new for 12.5 %");
    Route full = canary.at(Stage.FULL, Optional.empty(), 0);
    assertThat(full.summary()).isEqualTo("new instead of old");
    assertThat(candidate(full, principal(1))).isTrue();
    assertThat(full.back().summary()).isEqualTo("old");
    Route next = full.at(Stage.SHADOW, Optional.of("newer"), 0);
    assertThat(next.incumbent())
        .as("what took over is the incumbent of what follows")
        .isEqualTo("new");
    assertThat(next.fallbacks()).containsExactly("spare");
  }

  @Test
  void whatMakesNoSenseIsRefusedByName() {
    Route route = Route.to("old");
    assertThatThrownBy(() -> route.at(Stage.FULL, Optional.empty(), 0))
        .isInstanceOfSatisfying(InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("to"));
    assertThatThrownBy(() -> route.at(Stage.FULL, Optional.of("old"), 0))
        .isInstanceOf(InvalidRequest.class);
    for (double share : new double[] {0, 100, -1, Double.NaN, 1000}) {
      assertThatThrownBy(() -> route.at(Stage.CANARY, NEW, share))
          .isInstanceOfSatisfying(
              InvalidRequest.class, e -> assertThat(e.field()).isEqualTo("canary"));
    }
    assertThatThrownBy(() -> Route.to(" ")).isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(() -> Workload.of("Not a name", "old")).isInstanceOf(InvalidRequest.class);
  }
}
