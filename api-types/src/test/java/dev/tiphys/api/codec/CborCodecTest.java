package dev.tiphys.api.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.Kinds;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.generated.Samples;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.Bytes;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CborCodecTest {

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "00|0",
        "1818|24",
        "1b00000000ffffffff|4294967295",
        "3903e7|-1000",
        "f93e00|1.5",
        "fa47c35000|100000",
        "fb3ff199999999999a|1.1",
        "f4|false",
        "f6|null",
        "f7|null",
        "6161|\"a\"",
        "4161|\"a\"",
        "d64401020304|\"AQIDBA==\"",
        "d74401020304|\"01020304\"",
        "c074323031332d30332d32315432303a30343a30305a|\"2013-03-21T20:04:00Z\"",
        "d9d9f7a1416b820102|{\"k\":[1,2]}",
        "bf61610161629f02ffff|{\"a\":1,\"b\":[2]}",
        "7f61616162ff|\"ab\"",
        "9f0102ff|[1,2]",
      })
  void itemsBecomeJson(String cbor, String json) {
    assertThat(new String(CborCodec.toJson(hex(cbor)), UTF_8)).isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "61", // cut off
        "5a7fffffff00", // a length beyond the end
        "9b7fffffffffffffff00", // a count beyond the end
        "0000", // two items
        "a2416101416102", // the same key twice
        "a10102", // a number as key
        "f97e00", // not a number
        "fb7ff0000000000000", // infinite
        "1bffffffffffffffff", // too large
        "c249010000000000000000", // larger still
        "41ff", // not UTF-8
        "7f4161ff", // a chunk of another type
        "f8ff", // an unknown simple value
        "1c", // reserved
        "ff", // a break of nothing
      })
  void whatIsNotOneItemOfJsonsIsRefused(String cbor) {
    assertThatThrownBy(() -> CborCodec.toJson(hex(cbor))).isInstanceOf(DecodeException.class);
  }

  @Test
  void depthIsBounded() {
    assertThatThrownBy(() -> CborCodec.toJson(hex("81".repeat(100_000) + "00")))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("nested");
    assertThatThrownBy(() -> CborCodec.toJson(hex("c1".repeat(100_000) + "00")))
        .isInstanceOf(DecodeException.class);
  }

  @Test
  void textsAreByteStringsAndBytesSayTheyAre() {
    Secret secret =
        Secret.builder()
            .metadata(ObjectMeta.builder().name("s").build())
            .data(Map.of("k", Bytes.copyOf(new byte[] {1, (byte) 0xff})))
            .build();

    assertThat(HexFormat.of().formatHex(CborCodec.encode(secret)))
        .isEqualTo(
            "d9d9f7a4"
                + "446b696e64"
                + "46536563726574"
                + "4a61706956657273696f6e"
                + "427631"
                + "486d65746164617461"
                + "a1446e616d654173"
                + "4464617461"
                + "a1416bd64201ff");
  }

  @Test
  void numbersAreAsShortAsTheyCanBe() {
    assertThat(new CborWriter().value(1.5).toByteArray()).isEqualTo(hex("f93e00"));
    assertThat(new CborWriter().value(100_000.5).toByteArray()).isEqualTo(hex("fa47c35040"));
    assertThat(new CborWriter().value(1.1).toByteArray()).isEqualTo(hex("fb3ff199999999999a"));
    assertThat(new CborWriter().value(Long.MIN_VALUE).toByteArray())
        .isEqualTo(hex("3b7fffffffffffffff"));
    assertThat(new CborWriter().value(65_536).toByteArray()).isEqualTo(hex("1a00010000"));
  }

  @Test
  void everyKindTravels() {
    for (StructType<?> type : Kinds.allTypes()) {
      if (type.kind() != null) {
        Struct full = Samples.full(type, 3);
        byte[] json = CborCodec.toJson(CborCodec.encode(full));
        assertThat(JsonCodec.decode(json, type)).as(type.name()).isEqualTo(full);
      }
    }
  }
}
