package dev.freehold.remote;

import dev.freehold.chat.InvalidRequest;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/// A server that answers for us, as lists show it: without its key.
///
/// @param name its name here; its models are asked as `name/model`
/// @param dialect what it speaks
/// @param base its address; requests go below it and nowhere else
/// @param reach where it may stand
/// @param apiVersion Azure's `api-version`; empty elsewhere
/// @param keyed whether a key is kept for it
/// @param fixed whether its models were named by hand and are not asked for
/// @param models its models as last known
public record Upstream(
    String name,
    Dialect dialect,
    URI base,
    Reach reach,
    String apiVersion,
    boolean keyed,
    boolean fixed,
    List<UpstreamModelEntry> models) {

  public Upstream {
    models = List.copyOf(models);
    if (!name.matches("[a-z0-9][a-z0-9-]{0,39}")) {
      throw new InvalidRequest(
          "An upstream's name is 1 to 40 small letters, digits and hyphens; \"%s\" is not."
              .formatted(name),
          "name");
    }
    reach.requireBase(base);
    if (dialect == Dialect.AZURE && apiVersion.isEmpty()) {
      throw new InvalidRequest(
          "Azure needs an --api-version, 2024-10-21 for instance.", "api-version");
    }
    if (dialect == Dialect.AZURE && !fixed) {
      throw new InvalidRequest("Azure does not list deployments; name each with --model.", "model");
    }
    if (dialect != Dialect.AZURE && !apiVersion.isEmpty()) {
      throw new InvalidRequest("Only Azure takes an api-version.", "api-version");
    }
  }

  /// An upstream as somebody describes it who adds it, still without a key.
  ///
  /// @param kind the word of its dialect
  /// @param address its base address; empty: the usual one of its kind
  /// @param inOwnNetwork whether it stands in the company's own network; an address of this machine
  ///   does in any case
  /// @param apiVersion Azure's `api-version`; empty elsewhere
  /// @param models its models, where they are named by hand
  /// @throws InvalidRequest naming what is wrong
  public static Upstream described(
      String name,
      String kind,
      String address,
      boolean inOwnNetwork,
      String apiVersion,
      List<String> models) {
    Dialect dialect = Dialect.of(kind);
    String written = address.isBlank() ? dialect.usualBase() : address.strip();
    if (written.isEmpty()) {
      throw new InvalidRequest(
          "There is no usual address of %s; give its url (--url on the command line)."
              .formatted(kind),
          "url");
    }
    URI base = address(written);
    return new Upstream(
        name,
        dialect,
        base,
        inOwnNetwork || loopback(base) ? Reach.PRIVATE : Reach.PUBLIC,
        apiVersion,
        false,
        !models.isEmpty(),
        models.stream().map(UpstreamModelEntry::of).toList());
  }

  private static URI address(String text) {
    try {
      return new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    } catch (URISyntaxException e) {
      throw new InvalidRequest("\"%s\" is no web address.".formatted(text), "url");
    }
  }

  private static boolean loopback(URI base) {
    String host = String.valueOf(base.getHost());
    if (host.equals("localhost")) {
      return true;
    }
    if (!host.matches("[0-9.]+|\\[.*]")) {
      return false; // A name is not looked up to find out.
    }
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException _) {
      return false;
    }
  }

  /// `scheme://host:port`: what its key is bound to, and what the gate records.
  public String origin() {
    return Reach.origin(base);
  }

  /// The entry of that model, if the upstream is known to have it.
  public Optional<UpstreamModelEntry> entry(String model) {
    return models.stream().filter(one -> one.id().equals(model)).findFirst();
  }

  Upstream withModels(List<UpstreamModelEntry> value) {
    return new Upstream(name, dialect, base, reach, apiVersion, keyed, fixed, value);
  }

  Wire wire() {
    return dialect == Dialect.ANTHROPIC ? new AnthropicWire() : new OpenAiWire(dialect, apiVersion);
  }
}
