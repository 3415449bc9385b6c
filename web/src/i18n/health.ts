// The texts of system health: they come with its page, or with the first alarm.
import en from 'virtual:messages/en';
import health from 'virtual:messages/en/health';

Object.assign(en, health);
