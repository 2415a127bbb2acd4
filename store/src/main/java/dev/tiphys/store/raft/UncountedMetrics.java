package dev.tiphys.store.raft;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.server.metrics.SegmentedRaftLogMetrics;
import org.apache.ratis.util.TimeDuration;

/**
 * Ratis' metrics, not kept: ours are those of the daemon, and Ratis' own would bring a library and
 * hundreds of series. Counters count, for Ratis reads some of them; of times, those of syncs are
 * passed on, and that a segment was made, renamed or removed. Found by Ratis as a service.
 */
public final class UncountedMetrics extends MetricRegistries {
  /** What the thread that writes the log does beside this changes names. */
  private static final String WRITE = task("writelog");

  private final Map<String, Listener> listeners = new ConcurrentHashMap<>();

  private record Listener(LongConsumer synced, Runnable changed) {
    static final Listener NONE = new Listener(_ -> {}, () -> {});
  }

  /**
   * Has somebody told what happens to a member's log.
   *
   * @param synced how many nanoseconds a sync took
   * @param changed names were changed, by the thread that will sync what is written next
   */
  void tell(RaftGroupMemberId member, LongConsumer synced, Runnable changed) {
    listeners.put(member.toString(), new Listener(synced, changed));
  }

  private static String task(String name) {
    return String.format(SegmentedRaftLogMetrics.RAFT_LOG_TASK_EXECUTION_TIME, name);
  }

  @Override
  public RatisMetricRegistry create(MetricRegistryInfo info) {
    return new Registry(info, () -> listeners.getOrDefault(info.getPrefix(), Listener.NONE));
  }

  @Override
  public void clear() {}

  @Override
  public boolean remove(MetricRegistryInfo info) {
    return true;
  }

  @Override
  public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
    return Optional.empty();
  }

  @Override
  public Set<MetricRegistryInfo> getMetricRegistryInfos() {
    return Set.of();
  }

  @Override
  public Collection<RatisMetricRegistry> getMetricRegistries() {
    return List.of();
  }

  @Override
  public void addReporterRegistration(
      Consumer<RatisMetricRegistry> reporter, Consumer<RatisMetricRegistry> stop) {}

  @Override
  public void enableJmxReporter() {}

  @Override
  public void enableConsoleReporter(TimeDuration interval) {}

  private record Registry(MetricRegistryInfo info, Supplier<Listener> listener)
      implements RatisMetricRegistry {
    @Override
    public Timekeeper timer(String name) {
      if (name.equals(SegmentedRaftLogMetrics.RAFT_LOG_SYNC_TIME)) {
        return () -> {
          long begun = System.nanoTime();
          return () -> {
            long nanos = System.nanoTime() - begun;
            listener.get().synced.accept(nanos);
            return nanos;
          };
        };
      }
      if (name.endsWith(task("")) && !name.equals(WRITE)) {
        return () ->
            () -> {
              listener.get().changed.run();
              return 0;
            };
      }
      return () -> () -> 0;
    }

    @Override
    public LongCounter counter(String name) {
      return new Counter(new LongAdder());
    }

    @Override
    public boolean remove(String name) {
      return true;
    }

    @Override
    public <T> void gauge(String name, Supplier<Supplier<T>> gauge) {}

    @Override
    public MetricRegistryInfo getMetricRegistryInfo() {
      return info;
    }
  }

  private record Counter(LongAdder value) implements LongCounter {
    @Override
    public void inc(long by) {
      value.add(by);
    }

    @Override
    public void dec(long by) {
      value.add(-by);
    }

    @Override
    public long getCount() {
      return value.sum();
    }
  }
}
