package dev.freehold.server.http;

import java.util.Map;

/// The headers that every response carries, whatever it is.
final class SecurityHeaders {

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          + "font-src 'self'; frame-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'none'; "
          + "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
          + "trusted-types lit-html";

  static final Map<String, String> ALL =
      Map.of(
          "content-security-policy", POLICY,
          "x-content-type-options", "nosniff",
          "x-frame-options", "DENY",
          "referrer-policy", "no-referrer",
          "cross-origin-opener-policy", "same-origin",
          "cross-origin-resource-policy", "same-origin",
          "permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");

  private SecurityHeaders() {}
}
