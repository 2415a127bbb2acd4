package dev.tiphys.apiserver.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;

/** {@code ip}, {@code cidr} and what can be asked of them. */
final class AddressFunctions {

  private static final OpaqueType IP = OpaqueType.create("net.IP");
  private static final OpaqueType CIDR = OpaqueType.create("net.CIDR");

  private AddressFunctions() {}

  static List<Function> all() {
    List<Function> all = new ArrayList<>();
    texts(all);
    onIp(all, "family", SimpleType.INT, ip -> (long) ip.family());
    onIp(all, "isUnspecified", SimpleType.BOOL, ip -> ip.address().isAnyLocalAddress());
    onIp(all, "isLoopback", SimpleType.BOOL, ip -> ip.address().isLoopbackAddress());
    onIp(all, "isLinkLocalMulticast", SimpleType.BOOL, ip -> ip.address().isMCLinkLocal());
    onIp(all, "isLinkLocalUnicast", SimpleType.BOOL, ip -> ip.address().isLinkLocalAddress());
    onIp(all, "isGlobalUnicast", SimpleType.BOOL, Address::isGlobalUnicast);
    all.add(
        Function.global(
            "string",
            "kube_ip_to_string",
            SimpleType.STRING,
            arguments -> ((Address) arguments[0]).text(),
            List.of(IP),
            Address.class));
    all.add(
        Function.global(
            "string",
            "kube_cidr_to_string",
            SimpleType.STRING,
            arguments -> ((AddressBlock) arguments[0]).text(),
            List.of(CIDR),
            AddressBlock.class));
    blocks(all);
    return all;
  }

  private static void texts(List<Function> all) {
    all.add(global("ip", IP, text -> Address.parse(text)));
    all.add(global("isIP", SimpleType.BOOL, text -> fits(() -> Address.parse(text))));
    all.add(
        global("ip.isCanonical", SimpleType.BOOL, text -> Address.parse(text).text().equals(text)));
    all.add(global("cidr", CIDR, text -> AddressBlock.parse(text)));
    all.add(global("isCIDR", SimpleType.BOOL, text -> fits(() -> AddressBlock.parse(text))));
  }

  private static void blocks(List<Function> all) {
    onBlock(all, "ip", IP, block -> block.address());
    onBlock(all, "masked", CIDR, AddressBlock::masked);
    onBlock(all, "prefixLength", SimpleType.INT, block -> (long) block.bits());
    contains(all, "containsIP", IP, Address.class, value -> whole((Address) value));
    contains(
        all,
        "containsIP",
        SimpleType.STRING,
        String.class,
        value -> whole(Address.parse((String) value)));
    contains(all, "containsCIDR", CIDR, AddressBlock.class, value -> (AddressBlock) value);
    contains(
        all,
        "containsCIDR",
        SimpleType.STRING,
        String.class,
        value -> AddressBlock.parse((String) value));
  }

  private static AddressBlock whole(Address address) {
    return new AddressBlock(address, address.address().getAddress().length * 8);
  }

  private interface OfText {
    Object of(String text);
  }

  private interface OfIp {
    Object of(Address ip);
  }

  private interface OfBlock {
    Object of(AddressBlock block);
  }

  private interface AsBlock {
    AddressBlock of(Object value);
  }

  private static Function global(String name, CelType result, OfText body) {
    return Function.global(
        name,
        "kube_" + name.replace('.', '_'),
        result,
        arguments -> body.of((String) arguments[0]),
        List.of(SimpleType.STRING),
        String.class);
  }

  private static void onIp(List<Function> all, String name, CelType result, OfIp body) {
    all.add(
        Function.member(
            name,
            "kube_ip_" + name,
            result,
            arguments -> body.of((Address) arguments[0]),
            List.of(IP),
            Address.class));
  }

  private static void onBlock(List<Function> all, String name, CelType result, OfBlock body) {
    all.add(
        Function.member(
            name,
            "kube_cidr_" + name,
            result,
            arguments -> body.of((AddressBlock) arguments[0]),
            List.of(CIDR),
            AddressBlock.class));
  }

  private static void contains(
      List<Function> all, String name, CelType type, Class<?> valueClass, AsBlock as) {
    all.add(
        Function.member(
            name,
            "kube_cidr_" + name + "_" + valueClass.getSimpleName(),
            SimpleType.BOOL,
            arguments -> ((AddressBlock) arguments[0]).contains(as.of(arguments[1])),
            List.of(CIDR, type),
            AddressBlock.class,
            valueClass));
  }

  private static boolean fits(Runnable parse) {
    try {
      parse.run();
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
