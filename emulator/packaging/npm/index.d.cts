/** A fault: which requests it matches, and what it does with them. */
export interface Fault {
  /** By default, all operations match. */
  operation?: string | string[];
  /** A key id, ARN or alias. */
  key?: string;
  /** An access key id, account or ARN. */
  caller?: string;
  /** Skip the first matches. */
  after?: number;
  /** Then hit every Nth match. */
  every?: number;
  /** Stop after so many hits. */
  times?: number;
  /** From 0 to 1. */
  probability?: number;
  /** The same seed gives the same sequence. */
  seed?: number;
  /** An exception by its name, or one of your own. */
  error?: string | { code: string; message?: string; status?: number };
  /** An HTTP status with a page, as a proxy sends it. */
  status?: number;
  delay?: string | { min: string; max: string } | { median: string; p99: string };
  connection?: 'drop_before' | 'lose_answer' | 'drop_amid' | 'truncate';
}

/** A fault that is set. */
export interface ActiveFault extends Fault {
  id: number;
  /** How many requests matched. */
  seen: number;
  /** How many requests it changed. */
  hits: number;
}

/** A request in the format of CloudTrail. */
export interface KmsEvent {
  eventName: string;
  eventTime: string;
  errorCode?: string;
  errorMessage?: string;
  requestParameters?: Record<string, unknown> | null;
  [member: string]: unknown;
}

/** Which events are listed. */
export interface EventFilters {
  operation?: string;
  key?: string;
  error?: string;
  since?: string;
  until?: string;
  limit?: string | number;
  count?: string | number;
  wait?: string;
}

/** How an emulator starts. */
export interface StartOptions {
  /** Options of its command line, such as `--auth=policy`. */
  options?: string[];
  /** The file of a seed: keys that exist from the start. */
  seed?: string;
}

/** The configuration of a client of the AWS SDK. */
export interface ClientConfig {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** The emulator's clock. Deletion, rotation, expiry and dates follow it at once. */
export interface Clock {
  now(): Promise<Date>;
  /** Moves the clock forward: `'8d'`, `'90s'`, or milliseconds. */
  advance(by: string | number): Promise<void>;
  /** Sets the clock to a time, also to an earlier one. */
  set(now: string | Date): Promise<void>;
  freeze(): Promise<void>;
  unfreeze(): Promise<void>;
  useSystemTime(): Promise<void>;
}

/** Faults that change the answers to matching requests. */
export interface Faults {
  /** Makes requests fail, and returns the id of the fault. */
  add(fault: Fault): Promise<number>;
  all(): Promise<ActiveFault[]>;
  remove(id: number): Promise<void>;
  clear(): Promise<void>;
}

/** The requests of clients, the oldest first. */
export interface Events {
  all(filters?: EventFilters): Promise<KmsEvent[]>;
  /** The events of one operation. */
  of(operation: string): Promise<KmsEvent[]>;
  /** Waits until there are so many events of an operation, at most 60 s. */
  waitFor(operation: string, options?: { count?: number; within?: string }): Promise<KmsEvent[]>;
  clear(): Promise<void>;
}

/** Named states in memory: the keys, the clock, the faults and the transition time. */
export interface Snapshots {
  save(name: string): Promise<void>;
  /** Returns to a saved state, and forgets all events. */
  restore(name: string): Promise<void>;
  delete(name: string): Promise<void>;
}

/** An emulator. `start()` creates a running one; with an endpoint, it is one that already runs. */
export class SimulatedKms {
  constructor(options?: { endpoint?: string; token?: string });
  /** Starts the program on a free port, with its data in memory. */
  start(options?: StartOptions): Promise<this>;
  /** Ends the program. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
  /** The URL of KMS, the value of AWS_ENDPOINT_URL_KMS. */
  get endpoint(): string;
  /** Variables for programs that use this emulator. */
  get environment(): Record<'AWS_ENDPOINT_URL_KMS' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY' | 'AWS_REGION', string>;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly events: Events;
  readonly snapshots: Snapshots;
  /** The configuration for `new KMSClient(…)`, with settings of your own. */
  clientConfig(): ClientConfig;
  clientConfig<T extends object>(overrides: T): Omit<ClientConfig, keyof T> & T;
  /** Adds the keys and identities of a seed: the text of a file, YAML or JSON, or its content. */
  seed(document: string | object): Promise<void>;
  /** Returns to the state at the start. */
  reset(): Promise<void>;
  /** Sends a request to the control plane, `/_emulator/…`. */
  control(method: string, path: string, body?: string | object): Promise<any>;
}

/** Starts an emulator on a free port, with its data in memory. */
export function start(options?: StartOptions): Promise<SimulatedKms>;

/** The path of the emulator's program. */
export function findProgram(): string;
