package dev.tiphys.store;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One unary request, to be sent to several servers. */
record Call<Q extends Message, S extends Message>(MethodDescriptor<Q, S> method, Q request) {
  /** Where servers that behave alike still differ. */
  private static final Set<String> OF_THE_SERVER = Set.of("cluster_id", "member_id", "raft_term");

  /**
   * Sends it and returns the answer as text: what the server says of itself is left out, a time to
   * live is reduced to whether there is one.
   */
  String answer(Channel channel) {
    try {
      var options = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS).withWaitForReady();
      return text(ClientCalls.blockingUnaryCall(channel, method, options, request));
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
    }
  }

  static String text(Message response) {
    var common = response.toBuilder();
    for (var field : response.getDescriptorForType().getFields()) {
      if (field.getName().equals("header") && response.hasField(field)) {
        common.setField(field, withoutServer((Message) response.getField(field)));
      }
      if (field.getName().equals("TTL") && (long) response.getField(field) > 1) {
        common.setField(field, 1L);
      }
    }
    return TextFormat.printer().printToString(common.build());
  }

  private static Message withoutServer(Message header) {
    var common = header.toBuilder();
    for (FieldDescriptor field : header.getDescriptorForType().getFields()) {
      if (OF_THE_SERVER.contains(field.getName())) {
        common.clearField(field);
      }
    }
    return common.build();
  }

  @Override
  public String toString() {
    return method.getBareMethodName() + " {\n" + TextFormat.printer().printToString(request) + "}";
  }
}
