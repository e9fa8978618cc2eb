package dev.freehold.workload;

import dev.freehold.chat.InvalidRequest;
import dev.freehold.chat.Sensitivity;
import java.util.Map;

/// One use of a model by one application or team, under a stable name that clients send as `model`.
///
/// @param name that name
/// @param route where its traffic goes
/// @param capture what is kept of its exchanges
/// @param sensitivity how far what is said may travel
/// @param form what its answers must be
/// @param guards how badly a candidate may do
/// @param prices what tokens cost, by model
/// @param quality how well a candidate's answers must hold up against the incumbent's
public record Workload(
    String name,
    Route route,
    CapturePolicy capture,
    Sensitivity sensitivity,
    Form form,
    Guards guards,
    Map<String, Price> prices,
    Quality quality) {

  public Workload {
    prices = Map.copyOf(prices);
    if (!name.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
      throw new InvalidRequest(
          "A workload's name is 1 to 64 small letters, digits, dots, hyphens and underscores; \"%s\" is not."
              .formatted(name),
          "name");
    }
  }

  /// A workload that nothing is kept of.
  public static Workload of(String name, String incumbent) {
    return new Workload(
        name,
        Route.to(incumbent),
        CapturePolicy.OFF,
        Sensitivity.INTERNAL,
        Form.TEXT,
        Guards.DEFAULT,
        Map.of(),
        Quality.OFF);
  }

  /// The same with another route.
  public Workload withRoute(Route value) {
    return new Workload(name, value, capture, sensitivity, form, guards, prices, quality);
  }

  /// The same, captured otherwise.
  public Workload withCapture(CapturePolicy value) {
    return new Workload(name, route, value, sensitivity, form, guards, prices, quality);
  }

  /// The same, more or less sensitive.
  public Workload withSensitivity(Sensitivity value) {
    return new Workload(name, route, capture, value, form, guards, prices, quality);
  }

  /// The same, with answers of another form.
  public Workload withForm(Form value) {
    return new Workload(name, route, capture, sensitivity, value, guards, prices, quality);
  }

  /// The same with other guards.
  public Workload withGuards(Guards value) {
    return new Workload(name, route, capture, sensitivity, form, value, prices, quality);
  }

  /// The same with other prices.
  public Workload withPrices(Map<String, Price> value) {
    return new Workload(name, route, capture, sensitivity, form, guards, value, quality);
  }

  /// The same, with its candidate's quality watched otherwise.
  public Workload withQuality(Quality value) {
    return new Workload(name, route, capture, sensitivity, form, guards, prices, value);
  }
}
