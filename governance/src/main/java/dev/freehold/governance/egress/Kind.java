package dev.freehold.governance.egress;

import dev.freehold.chat.InvalidRequest;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the gate knows by sight.
public enum Kind {
  /// A bank account: ISO 13616, check digits modulo 97 (ISO 7064).
  IBAN(Family.IDENTIFIER),
  /// A payment card: ISO/IEC 7812, Luhn.
  CARD(Family.IDENTIFIER),
  /// France: the number of a person in the national register, key 97 − n mod 97.
  NIR(Family.IDENTIFIER),
  /// France: an establishment; its company's nine digits and all fourteen by Luhn.
  SIRET(Family.IDENTIFIER),
  /// Germany: the tax number of a person, ISO 7064 modulo 11,10.
  STEUER_ID(Family.IDENTIFIER),
  /// Switzerland: the number of a person in the social insurance, check digit of EAN-13.
  AHV(Family.IDENTIFIER),
  /// Belgium: the number in the national register, key 97 − n mod 97.
  BELGIAN_NUMBER(Family.IDENTIFIER),
  /// Italy: the tax code of a person, check letter.
  CODICE_FISCALE(Family.IDENTIFIER),
  /// Spain: the identity number of a citizen or foreigner, check letter modulo 23.
  DNI(Family.IDENTIFIER),
  /// A key that says by its beginning whose it is.
  PREFIXED_KEY(Family.SECRET),
  /// A private key in PEM (RFC 7468).
  PRIVATE_KEY(Family.SECRET),
  /// A signed token (RFC 7519).
  JWT(Family.SECRET),
  /// A password inside an address.
  URL_PASSWORD(Family.SECRET),
  /// Something random behind the word password, or one like it.
  PASSWORD(Family.SECRET);

  /// Identifiers name people and accounts; secrets open doors.
  public enum Family {
    IDENTIFIER,
    SECRET
  }

  private final Family family;

  Kind(Family family) {
    this.family = family;
  }

  /// Which of the two it is.
  public Family family() {
    return family;
  }

  /// The kind of that name.
  ///
  /// @throws InvalidRequest where there is none
  public static Kind of(String name) {
    return Stream.of(values())
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new InvalidRequest(
                "\"%s\" is no kind that the gate knows. There are: %s."
                    .formatted(
                        name,
                        Stream.of(values()).map(Kind::name).collect(Collectors.joining(", "))),
                "kind"));
  }

  /// The word for it in messages.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
