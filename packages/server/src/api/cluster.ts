/** GetClusterInfo, ListClusters. */
import type {
  GetClusterInfoRequest,
  GetClusterInfoResponse,
  ListClustersRequest,
  ListClustersResponse,
} from '@perdure/protocol';
import { SUPPORTED_CLIENTS } from './client-version.js';
import { answer } from './contract.js';
import type { ApiContext, Plan } from './contract.js';

/** Hash slots that executions are spread over; fixed for ever, so nobody has to choose. */
const SLOTS = 4096;
const FIRST_FAILOVER_VERSION = 1;
const FAILOVER_VERSION_STEP = 10;

export function getClusterInfo(_request: GetClusterInfoRequest, context: ApiContext): Plan<GetClusterInfoResponse> {
  return answer({
    supportedClients: new Map(Object.entries(SUPPORTED_CLIENTS)),
    serverVersion: context.serverVersion,
    clusterId: context.clusterId,
    clusterName: context.clusterName,
    historyShardCount: SLOTS,
    persistenceStore: context.storeName,
    visibilityStore: context.storeName,
    initialFailoverVersion: FIRST_FAILOVER_VERSION,
    failoverVersionIncrement: FAILOVER_VERSION_STEP,
  });
}

/** This cluster only: there are no others to know of. */
export function listClusters(_request: ListClustersRequest, context: ApiContext): Plan<ListClustersResponse> {
  const { clusterName, clusterId, address } = context;
  return answer({
    clusters: [
      {
        clusterName,
        clusterId,
        address,
        initialFailoverVersion: FIRST_FAILOVER_VERSION,
        historyShardCount: SLOTS,
        isConnectionEnabled: true,
      },
    ],
  });
}
