import { QueryFailedError } from 'typeorm';

/** True if the database refused because one row names another: an app that is still named, or is gone already. */
export const breaksReference = (error: unknown): boolean => error instanceof QueryFailedError && (error.driverError as { code?: string }).code === '23503';
