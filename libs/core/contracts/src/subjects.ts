/** JetStream streams. WORK is a work queue of wake-ups, EVENTS tells facts, BEATS and CONTROL are core subjects. */
export const STREAM_WORK = 'WORK';
export const STREAM_EVENTS = 'EVENTS';

export const SUBJECT_WORK_ALL = 'work.>';
export const SUBJECT_EVENTS_ALL = 'events.>';
export const SUBJECT_BEATS_ALL = 'beats.>';

/** Wake-up for one service, such as `work.builder.node`. */
export const subjectWork = (service: string, language = 'node'): string => `work.${service}.${language}`;

/** Facts and live progress of one run: `events.<run_id>.<type>`. */
export const subjectEvent = (run_id: string, type: string): string => `events.${run_id}.${type}`;

/** Beats of one process start. */
export const subjectBeat = (service: string, incarnation: string): string => `beats.${service}.${incarnation}`;

/** Cancels for the holder of one item. */
export const subjectCancel = (item_id: string): string => `control.cancel.${item_id}`;
