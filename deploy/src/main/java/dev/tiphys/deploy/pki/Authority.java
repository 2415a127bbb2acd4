package dev.tiphys.deploy.pki;

import dev.tiphys.deploy.pki.CertificateSpec.Use;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority whose key lies in a file. Its keys are ECDSA on P-256. Safe for use by
 * several threads, each with a certificate of its own.
 */
final class Authority {
  private final X509Certificate certificate;
  private final PrivateKey key;
  private final InstantSource clock;
  private final SecureRandom random;

  private Authority(
      X509Certificate certificate, PrivateKey key, InstantSource clock, SecureRandom random) {
    this.certificate = certificate;
    this.key = key;
    this.clock = clock;
    this.random = random;
  }

  /** Opens the authority in {@code base.crt} and {@code base.key}, making it when there is none. */
  static Authority open(Path base, String name, InstantSource clock, SecureRandom random)
      throws IOException, GeneralSecurityException {
    Path certificateFile = suffixed(base, ".crt");
    Path keyFile = suffixed(base, ".key");
    if (Files.exists(certificateFile) && Files.exists(keyFile)) {
      return new Authority(
          Pem.readCertificate(certificateFile), Pem.readKey(keyFile, "EC"), clock, random);
    }
    KeyPair pair = newKeyPair(random);
    X500Name subject = new X500NameBuilder().addRDN(BCStyle.CN, name).build();
    X509Certificate certificate =
        sign(
            subject,
            pair.getPrivate(),
            subject,
            pair.getPublic(),
            PkiLimits.AUTHORITY_LIFE,
            clock.instant(),
            random,
            builder -> {
              builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
              builder.addExtension(
                  Extension.keyUsage,
                  true,
                  new KeyUsage(
                      KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign));
              builder.addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
            });
    Pem.writeKey(keyFile, pair.getPrivate());
    Pem.writeCertificate(certificateFile, certificate);
    return new Authority(certificate, pair.getPrivate(), clock, random);
  }

  /**
   * Makes sure that the certificate and its key lie below {@code directory}: issues them when they
   * are absent, unreadable, near their end, signed by another authority, or for other names.
   *
   * @return whether it was issued now
   */
  boolean ensure(Path directory, CertificateSpec spec)
      throws IOException, GeneralSecurityException {
    Path base = directory.resolve(spec.file());
    if (good(base, spec)) {
      return false;
    }
    KeyPair pair = newKeyPair(spec.algorithm(), random);
    var subject = new X500NameBuilder();
    spec.organizations().forEach(organization -> subject.addRDN(BCStyle.O, organization));
    subject.addRDN(BCStyle.CN, spec.commonName());
    X509Certificate issued =
        sign(
            X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
            key,
            subject.build(),
            pair.getPublic(),
            PkiLimits.CERTIFICATE_LIFE,
            clock.instant(),
            random,
            builder -> {
              builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
              builder.addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
              builder.addExtension(Extension.extendedKeyUsage, false, purposes(spec.uses()));
              builder.addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
              if (!spec.names().isEmpty()) {
                builder.addExtension(
                    Extension.subjectAlternativeName, false, alternativeNames(spec.names()));
              }
            });
    Pem.writeKey(suffixed(base, ".key"), pair.getPrivate());
    Pem.writeCertificate(suffixed(base, ".crt"), issued);
    return true;
  }

  private boolean good(Path base, CertificateSpec spec) {
    try {
      X509Certificate present = Pem.readCertificate(suffixed(base, ".crt"));
      String algorithm = spec.algorithm().name();
      PrivateKey presentKey = Pem.readKey(suffixed(base, ".key"), algorithm);
      present.verify(certificate.getPublicKey());
      Instant renewal = clock.instant().plus(PkiLimits.RENEW_BEFORE);
      return presentKey.getAlgorithm().equals(algorithm)
          && present.getNotAfter().toInstant().isAfter(renewal)
          && subjectOf(present).equals(wantedSubject(spec))
          && namesOf(present).containsAll(spec.names());
    } catch (IOException | GeneralSecurityException | IllegalArgumentException unusable) {
      // Whatever is wrong with it, a fresh one takes its place.
      return false;
    }
  }

  private static Set<String> wantedSubject(CertificateSpec spec) {
    var parts = new TreeSet<String>();
    parts.add("CN=" + spec.commonName());
    spec.organizations().forEach(organization -> parts.add("O=" + organization));
    return parts;
  }

  private static Set<String> subjectOf(X509Certificate certificate) {
    var parts = new TreeSet<String>();
    var name = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    for (var rdn : name.getRDNs(BCStyle.CN)) {
      parts.add("CN=" + rdn.getFirst().getValue());
    }
    for (var rdn : name.getRDNs(BCStyle.O)) {
      parts.add("O=" + rdn.getFirst().getValue());
    }
    return parts;
  }

  private static Set<String> namesOf(X509Certificate certificate) throws GeneralSecurityException {
    var names = new TreeSet<String>();
    var alternatives = certificate.getSubjectAlternativeNames();
    if (alternatives != null) {
      alternatives.forEach(entry -> names.add(String.valueOf(entry.get(1))));
    }
    return names;
  }

  private static ExtendedKeyUsage purposes(Set<Use> uses) {
    List<KeyPurposeId> purposes = new ArrayList<>();
    if (uses.contains(Use.SERVER)) {
      purposes.add(KeyPurposeId.id_kp_serverAuth);
    }
    if (uses.contains(Use.CLIENT)) {
      purposes.add(KeyPurposeId.id_kp_clientAuth);
    }
    return new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new));
  }

  private static GeneralNames alternativeNames(List<String> names) {
    return new GeneralNames(
        names.stream()
            .map(name ->
                new GeneralName(
                    isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
            .toArray(GeneralName[]::new));
  }

  private static boolean isAddress(String name) {
    return name.indexOf(':') >= 0 || name.matches("[0-9.]+");
  }

  private static KeyPair newKeyPair(CertificateSpec.Algorithm algorithm, SecureRandom random)
      throws GeneralSecurityException {
    if (algorithm == CertificateSpec.Algorithm.EC) {
      return newKeyPair(random);
    }
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(PkiLimits.RSA_BITS, random);
    return generator.generateKeyPair();
  }

  static KeyPair newKeyPair(SecureRandom random) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  static Path suffixed(Path base, String suffix) {
    return base.resolveSibling(base.getFileName() + suffix);
  }

  private interface Extensions {
    void addTo(JcaX509v3CertificateBuilder builder) throws IOException, GeneralSecurityException;
  }

  private static X509Certificate sign(
      X500Name issuer,
      PrivateKey issuerKey,
      X500Name subject,
      PublicKey subjectKey,
      Duration life,
      Instant now,
      SecureRandom random,
      Extensions extensions)
      throws IOException, GeneralSecurityException {
    // A little in the past, for the clocks of clients may be behind ours.
    Instant from = now.minus(PkiLimits.CLOCK_SKEW);
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(127, random).add(BigInteger.ONE),
            Date.from(from),
            Date.from(now.plus(life)),
            subject,
            subjectKey);
    extensions.addTo(builder);
    try {
      var signer =
          new JcaContentSignerBuilder("SHA256withECDSA").setSecureRandom(random).build(issuerKey);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (OperatorCreationException unsuitable) {
      throw new GeneralSecurityException(unsuitable);
    }
  }
}
