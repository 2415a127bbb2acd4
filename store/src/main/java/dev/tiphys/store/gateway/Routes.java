package dev.tiphys.store.gateway;

import static java.util.Map.entry;

import com.google.protobuf.Message;
import dev.tiphys.store.rpc.AuthGrpc;
import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.ElectionGrpc;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LockGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.WatchGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which path calls which method: the http annotations of etcd's API, all of them POST. */
final class Routes {
  private static final String NEW = "/v3/";

  /** What the paths began with before etcd 3.4, and what 3.5 still takes for the same. */
  private static final String OLD = "/v3beta/";

  private final Map<String, Route<?, ?>> routes = new HashMap<>();

  /**
   * A method that can be called.
   *
   * @param method as it is served; its messages may be of any type that has the same bytes
   * @param request an empty one
   * @param response an empty one
   */
  record Route<Q, S>(ServerMethodDefinition<Q, S> method, Message request, Message response) {
    MethodDescriptor<Q, S> descriptor() {
      return method.getMethodDescriptor();
    }
  }

  /** Finds the methods in the services; those of a service that is not there have no path. */
  Routes(List<ServerServiceDefinition> services) {
    var served = new HashMap<String, ServerMethodDefinition<?, ?>>();
    for (var service : services) {
      for (var method : service.getMethods()) {
        served.put(method.getMethodDescriptor().getFullMethodName(), method);
      }
    }
    paths()
        .forEach((path, method) -> {
          var definition = served.get(method.getFullMethodName());
          if (definition != null) {
            routes.put(
                path,
                new Route<>(
                    definition,
                    prototype(method.getRequestMarshaller()),
                    prototype(method.getResponseMarshaller())));
          }
        });
  }

  /** True for a path that is the gateway's to answer, be there a method or not. */
  static boolean claims(String path) {
    return path.startsWith(NEW) || path.startsWith(OLD);
  }

  /**
   * The method of a path.
   *
   * @param path one that is {@linkplain #claims claimed}
   */
  Optional<Route<?, ?>> find(String path) {
    var prefix = path.startsWith(OLD) ? OLD : NEW;
    return Optional.ofNullable(routes.get(path.substring(prefix.length())));
  }

  private static Message prototype(MethodDescriptor.Marshaller<?> marshaller) {
    if (marshaller instanceof PrototypeMarshaller<?> generated
        && generated.getMessagePrototype() instanceof Message empty) {
      return empty;
    }
    throw new IllegalArgumentException("not generated: " + marshaller);
  }

  private static Map<String, MethodDescriptor<?, ?>> paths() {
    return Map.ofEntries(
        entry("kv/range", KVGrpc.getRangeMethod()),
        entry("kv/put", KVGrpc.getPutMethod()),
        entry("kv/deleterange", KVGrpc.getDeleteRangeMethod()),
        entry("kv/txn", KVGrpc.getTxnMethod()),
        entry("kv/compaction", KVGrpc.getCompactMethod()),
        entry("watch", WatchGrpc.getWatchMethod()),
        entry("lease/grant", LeaseGrpc.getLeaseGrantMethod()),
        entry("lease/revoke", LeaseGrpc.getLeaseRevokeMethod()),
        entry("kv/lease/revoke", LeaseGrpc.getLeaseRevokeMethod()),
        entry("lease/keepalive", LeaseGrpc.getLeaseKeepAliveMethod()),
        entry("lease/timetolive", LeaseGrpc.getLeaseTimeToLiveMethod()),
        entry("kv/lease/timetolive", LeaseGrpc.getLeaseTimeToLiveMethod()),
        entry("lease/leases", LeaseGrpc.getLeaseLeasesMethod()),
        entry("kv/lease/leases", LeaseGrpc.getLeaseLeasesMethod()),
        entry("cluster/member/add", ClusterGrpc.getMemberAddMethod()),
        entry("cluster/member/remove", ClusterGrpc.getMemberRemoveMethod()),
        entry("cluster/member/update", ClusterGrpc.getMemberUpdateMethod()),
        entry("cluster/member/list", ClusterGrpc.getMemberListMethod()),
        entry("cluster/member/promote", ClusterGrpc.getMemberPromoteMethod()),
        entry("maintenance/alarm", MaintenanceGrpc.getAlarmMethod()),
        entry("maintenance/status", MaintenanceGrpc.getStatusMethod()),
        entry("maintenance/defragment", MaintenanceGrpc.getDefragmentMethod()),
        entry("maintenance/hash", MaintenanceGrpc.getHashMethod()),
        entry("maintenance/hashkv", MaintenanceGrpc.getHashKVMethod()),
        entry("maintenance/snapshot", MaintenanceGrpc.getSnapshotMethod()),
        entry("maintenance/transfer-leadership", MaintenanceGrpc.getMoveLeaderMethod()),
        entry("maintenance/downgrade", MaintenanceGrpc.getDowngradeMethod()),
        entry("auth/enable", AuthGrpc.getAuthEnableMethod()),
        entry("auth/disable", AuthGrpc.getAuthDisableMethod()),
        entry("auth/status", AuthGrpc.getAuthStatusMethod()),
        entry("auth/authenticate", AuthGrpc.getAuthenticateMethod()),
        entry("auth/user/add", AuthGrpc.getUserAddMethod()),
        entry("auth/user/get", AuthGrpc.getUserGetMethod()),
        entry("auth/user/list", AuthGrpc.getUserListMethod()),
        entry("auth/user/delete", AuthGrpc.getUserDeleteMethod()),
        entry("auth/user/changepw", AuthGrpc.getUserChangePasswordMethod()),
        entry("auth/user/grant", AuthGrpc.getUserGrantRoleMethod()),
        entry("auth/user/revoke", AuthGrpc.getUserRevokeRoleMethod()),
        entry("auth/role/add", AuthGrpc.getRoleAddMethod()),
        entry("auth/role/get", AuthGrpc.getRoleGetMethod()),
        entry("auth/role/list", AuthGrpc.getRoleListMethod()),
        entry("auth/role/delete", AuthGrpc.getRoleDeleteMethod()),
        entry("auth/role/grant", AuthGrpc.getRoleGrantPermissionMethod()),
        entry("auth/role/revoke", AuthGrpc.getRoleRevokePermissionMethod()),
        entry("lock/lock", LockGrpc.getLockMethod()),
        entry("lock/unlock", LockGrpc.getUnlockMethod()),
        entry("election/campaign", ElectionGrpc.getCampaignMethod()),
        entry("election/proclaim", ElectionGrpc.getProclaimMethod()),
        entry("election/leader", ElectionGrpc.getLeaderMethod()),
        entry("election/observe", ElectionGrpc.getObserveMethod()),
        entry("election/resign", ElectionGrpc.getResignMethod()));
  }
}
