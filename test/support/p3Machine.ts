/**
 * Deployments with the article's queues `low`, `mid` and `high` name an AMI for p3 machines (ADR 032). Nothing starts from
 * this one: emulators look at no AMI.
 */
export const P3_MACHINE = 'ami-0123456789abcdef0';
