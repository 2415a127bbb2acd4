package dev.tiphys.benchmarks;

import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.merge.Defaults;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One Pod to JSON and protobuf, and back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class CodecBenchmark {

  private final ProtobufCodec protobuf = new ProtobufCodec();
  private final Pod pod = Samples.stored();
  private final byte[] sent = Samples.sent();
  private final byte[] json = JsonCodec.encode(pod);
  private final byte[] stored = protobuf.encode(pod);

  /** The body of a create. */
  @Benchmark
  public Pod decodeSentJson() {
    return JsonCodec.decode(sent, Pod.TYPE, DecodeOptions.LENIENT).value();
  }

  /** The body of an update. */
  @Benchmark
  public Pod decodeStoredJson() {
    return JsonCodec.decode(json, Pod.TYPE, DecodeOptions.LENIENT).value();
  }

  /** An answer. */
  @Benchmark
  public byte[] encodeJson() {
    return JsonCodec.encode(pod);
  }

  /** A value of the store, read. */
  @Benchmark
  public Pod decodeProtobuf() {
    return protobuf.decode(stored, Pod.TYPE);
  }

  /** A value of the store, written. */
  @Benchmark
  public byte[] encodeProtobuf() {
    return protobuf.encode(pod);
  }

  /** Defaults of what has them all. */
  @Benchmark
  public Pod defaults() {
    return Defaults.apply(pod);
  }
}
